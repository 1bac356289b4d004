package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * Target nodes that say the same about one source.
 *
 * @param source the class's digest
 * @param verdict what they say
 * @param reason why; a {@link Reason} as text
 * @param errno the drivers' error number; null if there was none
 * @param errnoName its name; null if there was no number
 * @param count how many nodes, exactly
 * @param nodes some of them, sorted, at most 8
 * @param omitted how many are not named
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record VerdictCount(
    @JsonPropertyDescription("Digest of the source's class.")
        @Required
        @Size(max = 20)
        @Pattern(Api.DIGEST_PATTERN)
        String source,
    @JsonPropertyDescription("What these nodes say.") @Required Verdict verdict,
    @JsonPropertyDescription("Why, in one word.") @Required @Size(min = 1, max = 64) String reason,
    @JsonPropertyDescription("The drivers' error number.") @Min(1) @Max(Api.ERRNO_MAX)
        Integer errno,
    @JsonPropertyDescription("The error number's name, for example EINVAL.")
        @Size(min = 1, max = 32)
        String errnoName,
    @JsonPropertyDescription("How many nodes say so.") @Required @Min(0) @Max(Api.COUNT_MAX)
        int count,
    @JsonPropertyDescription("Some of these nodes, at most 8.") @Size(max = Api.NAMES_MAX)
        List<@Size(min = 1, max = Api.NODE_NAME_MAX) String> nodes,
    @JsonPropertyDescription("How many nodes are not named.") @Min(0) @Max(Api.COUNT_MAX)
        int omitted) {

  public VerdictCount {
    nodes = nodes == null ? List.of() : List.copyOf(nodes);
  }
}
