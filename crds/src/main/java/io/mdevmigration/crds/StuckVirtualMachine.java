package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A VMI that no node but its own is known to accept.
 *
 * @param namespace the VMI's namespace
 * @param name the VMI's name
 * @param reason why, in one word
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record StuckVirtualMachine(
    @JsonPropertyDescription("The VMI's namespace.") @Required @Size(min = 1, max = 63)
        String namespace,
    @JsonPropertyDescription("The VMI's name.") @Required @Size(min = 1, max = 253) String name,
    @JsonPropertyDescription(
            "Why: NobodyAccepts if every other node is ruled out, NotAcceptedYet if some may still"
                + " answer or be labelled.")
        @Required
        @Size(min = 1, max = 64)
        String reason) {}
