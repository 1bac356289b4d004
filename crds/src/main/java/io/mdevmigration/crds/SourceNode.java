package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * A node as a source.
 *
 * @param name the Node's name
 * @param parent one of its parents; null: all of them
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SourceNode(
    @JsonPropertyDescription("The Node's name.")
        @Required
        @Size(min = 1, max = Api.NODE_NAME_MAX)
        @ValidationRule(
            value = "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
            message = "write a Node's name as kubectl get nodes shows it")
        String name,
    @JsonPropertyDescription(
            "One parent of the node, as it is called in /sys/class/mdev_bus; every parent if"
                + " absent.")
        @Size(min = 1, max = Api.PARENT_MAX)
        @ValidationRule(
            value = "self.matches('^[!-.0-~]+$')",
            message =
                "write the parent as it is called in /sys/class/mdev_bus, for example"
                    + " 0000:00:02.0, without slashes or spaces")
        String parent) {}
