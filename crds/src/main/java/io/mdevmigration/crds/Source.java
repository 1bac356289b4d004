package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LabelSelector;

/**
 * Where version strings come from. Exactly one of the three is set.
 *
 * @param node what one node publishes
 * @param nodes what every selected node publishes; an empty selector is the whole fleet
 * @param version a literal version string
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "[has(self.node), has(self.nodes), has(self.version)].filter(set, set).size() == 1",
    message =
        "set exactly one of node (one node's versions), nodes (a label selector; {} is the whole"
            + " fleet) and version (a literal)")
public record Source(
    @JsonPropertyDescription("What this node, or one parent of it, publishes.") SourceNode node,
    @JsonPropertyDescription(
            "What every node that this label selector matches publishes; {} is the whole fleet.")
        @ValidationRule(value = Target.SELECTOR_RULE, message = Target.SELECTOR_MESSAGE)
        @ValidationRule(value = Target.VALUES_RULE, message = Target.VALUES_MESSAGE)
        LabelSelector nodes,
    @JsonPropertyDescription(
            "A literal version string, for example of a node in another cluster: 1 to 4095"
                + " printable ASCII characters.")
        @Size(max = 4096)
        @ValidationRule(value = Api.VERSION_RULE, message = Api.VERSION_MESSAGE)
        String version) {}
