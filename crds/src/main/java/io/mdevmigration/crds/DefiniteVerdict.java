package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A verdict that a driver gave.
 *
 * @param verdict never Unknown
 * @param revision the type's revision when it was given; null if the type had none
 * @param time RFC 3339; when it was given
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DefiniteVerdict(
    @JsonPropertyDescription("Compatible, Incompatible or Unsupported.") @Required Verdict verdict,
    @JsonPropertyDescription("The type's revision when the verdict was given.")
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String revision,
    @JsonPropertyDescription("When the verdict was given.")
        @Required
        @Size(max = 64)
        @Pattern(Api.TEXT_PATTERN)
        String time) {}
