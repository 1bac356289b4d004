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
 * One class that the sources publish.
 *
 * @param digest the class's digest
 * @param version the version string; its first 256 characters where it is longer
 * @param publishers how many source nodes publish it; 0 for a literal
 * @param label the label key of nodes that accept it
 * @param compatible targets that accept it
 * @param incompatible targets that refuse it
 * @param unsupported targets that cannot migrate the type
 * @param unknown targets without an answer
 * @param trial the trial that is going on; null if there is none
 * @param suspected drivers on which a trial ended without an answer
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SourceStatus(
    @JsonPropertyDescription("First 20 hex digits of SHA-256(type NUL version).")
        @Required
        @Size(max = 20)
        @Pattern(Api.DIGEST_PATTERN)
        String digest,
    @JsonPropertyDescription("The version string; cut after 256 characters.")
        @Required
        @Size(max = SourceStatus.VERSION_SHOWN_MAX)
        String version,
    @JsonPropertyDescription("How many source nodes publish it; 0 for a literal.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int publishers,
    @JsonPropertyDescription("The label that nodes which accept it carry, with value true.")
        @Required
        @Size(max = 128)
        String label,
    @JsonPropertyDescription("Target nodes that accept it.") @Min(0) @Max(Api.COUNT_MAX)
        int compatible,
    @JsonPropertyDescription("Target nodes that refuse it.") @Min(0) @Max(Api.COUNT_MAX)
        int incompatible,
    @JsonPropertyDescription("Target nodes that cannot migrate the type.")
        @Min(0)
        @Max(Api.COUNT_MAX)
        int unsupported,
    @JsonPropertyDescription("Target nodes without an answer.") @Min(0) @Max(Api.COUNT_MAX)
        int unknown,
    @JsonPropertyDescription(
            "The trial that is going on: a class that is new to a driver is asked of one node"
                + " first.")
        Trial trial,
    @JsonPropertyDescription(
            "Drivers on which a trial ended without an answer. The class is not asked of them"
                + " until spec.retrySuspected names it.")
        @Size(max = 16)
        List<Suspicion> suspected) {
  /** Characters of a version string that a status shows. */
  public static final int VERSION_SHOWN_MAX = 256;

  public SourceStatus {
    suspected = suspected == null ? List.of() : List.copyOf(suspected);
  }
}
