package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A trial that ended without an answer: the node went away, booted anew or fell silent.
 *
 * @param driver the driver identity that was tried
 * @param node the node that tried
 * @param time RFC 3339; when the suspicion arose
 * @param retried whether spec.retrySuspected has named the class ever since: it has been tried
 *     again on the strength of that, and is not once more before the name was taken out and put in
 *     again; null: no
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Suspicion(
    @JsonPropertyDescription("The driver identity on which the class was tried.")
        @Required
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String driver,
    @JsonPropertyDescription("The node that tried the class.")
        @Required
        @Size(max = Api.NODE_NAME_MAX)
        String node,
    @JsonPropertyDescription("When the suspicion arose.") @Required @Size(max = 64) String time,
    @JsonPropertyDescription(
            "Whether spec.retrySuspected named the class already when the suspicion arose. To let"
                + " it be tried once more, take the digest out of spec.retrySuspected and put it in"
                + " again.")
        Boolean retried) {

  /** Whether the retry that spec.retrySuspected allows has been made. */
  public boolean wasRetried() {
    return Boolean.TRUE.equals(retried);
  }
}
