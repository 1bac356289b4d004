package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * What to ask about.
 *
 * @param mdevType the full mdev type
 * @param source where the version strings come from
 * @param target which nodes are asked; null: every node
 * @param labelNodes whether accepting nodes get the label
 * @param retrySuspected digests of classes that may be tried again after a suspected crash
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MigrationCompatibilitySpec(
    @JsonPropertyDescription(
            "The full mdev type, <driver>-<name>, as its directory in mdev_supported_types is"
                + " called.")
        @Required
        @Size(min = 1, max = Api.TYPE_MAX)
        @ValidationRule(value = Api.TYPE_RULE, message = Api.TYPE_MESSAGE)
        String mdevType,
    @JsonPropertyDescription(
            "Where the version strings come from: exactly one of node, nodes and version.")
        @Required
        Source source,
    @JsonPropertyDescription("Which nodes are asked; every node if absent.") Target target,
    @JsonPropertyDescription(
            "Whether nodes that accept a source get its label. With false the status alone"
                + " reports.")
        @Default("true")
        Boolean labelNodes,
    @JsonPropertyDescription(
            "Digests of suspected classes (status.sources[].suspected) that may be tried again.")
        @Size(max = Api.CLASSES_PER_TYPE_MAX)
        List<@Size(min = 20, max = 20) @Pattern(Api.DIGEST_PATTERN) String> retrySuspected) {

  public MigrationCompatibilitySpec {
    retrySuspected = retrySuspected == null ? List.of() : List.copyOf(retrySuspected);
    labelNodes = labelNodes == null || labelNodes;
  }
}
