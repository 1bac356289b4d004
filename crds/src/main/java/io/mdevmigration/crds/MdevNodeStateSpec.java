package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * What to ask a node's drivers. Written by the operator, or by hand with kubectl.
 *
 * @param checks the classes to ask about
 * @param recheck how old an answer may grow; null: the daemon's defaults
 * @param askAgain text that makes every answer given without it be asked again; null: none
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MdevNodeStateSpec(
    @JsonPropertyDescription(
            "The classes (mdev type and version string) to ask this node's drivers about. The"
                + " answers appear in status.answers.")
        @Size(max = Api.CHECKS_MAX)
        @ValidationRule(
            value = "self.map(c, size(c.version)).sum() <= 16384",
            message =
                "the version strings of all checks together may have at most 16384 characters:"
                    + " remove checks that are no longer needed")
        List<Check> checks,
    @JsonPropertyDescription("How old an answer may grow before the driver is asked again.")
        Recheck recheck,
    @JsonPropertyDescription(
            "Any new text here makes the daemon ask everything again that it asked without it,"
                + " for example '2026-11-23 driver table fixed'.")
        @Size(max = 256)
        String askAgain) {

  public MdevNodeStateSpec {
    checks = checks == null ? List.of() : List.copyOf(checks);
  }
}
