package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What came out. Counts are exact; lists are capped, so that no status grows with the fleet.
 *
 * @param observedGeneration the generation of the spec that this is about
 * @param conditions Ready, SourceResolved, Evaluated
 * @param sourceCount how many classes the sources publish
 * @param sources the classes, with their labels and counts
 * @param compatible targets that accept every source
 * @param incompatible targets that refuse at least one
 * @param unsupported targets that refuse none and cannot migrate at least one
 * @param unknown the other targets
 * @param verdicts the same by source, verdict, reason and errno, with some names
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MigrationCompatibilityStatus(
    @JsonPropertyDescription("The generation of the spec that this status is about.") @Min(0)
        Long observedGeneration,
    @JsonPropertyDescription(
            "SourceResolved: the sources publish versions. Evaluated: every target has answered."
                + " Ready: both.")
        @Size(max = 8)
        List<Condition> conditions,
    @JsonPropertyDescription("How many classes (version strings of the type) the sources publish.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int sourceCount,
    @JsonPropertyDescription("The classes that the sources publish.")
        @Size(max = Api.CLASSES_PER_TYPE_MAX)
        List<SourceStatus> sources,
    @JsonPropertyDescription("Target nodes that accept every source.") @Min(0) @Max(Api.COUNT_MAX)
        int compatible,
    @JsonPropertyDescription("Target nodes that refuse at least one source.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int incompatible,
    @JsonPropertyDescription(
            "Target nodes that refuse no source but cannot migrate the type for at least one.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int unsupported,
    @JsonPropertyDescription("Target nodes without a full answer.") @Min(0) @Max(Api.COUNT_MAX)
        int unknown,
    @JsonPropertyDescription(
            "Target nodes by source, verdict, reason and errno: exact counts, some names.")
        @Size(max = 256)
        List<VerdictCount> verdicts) {

  public MigrationCompatibilityStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    sources = sources == null ? List.of() : List.copyOf(sources);
    verdicts = verdicts == null ? List.of() : List.copyOf(verdicts);
  }
}
