package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * One node tries a class that is new to its driver, before any other node with that driver does.
 *
 * @param driver the driver identity that is tried
 * @param node the node that tries
 * @param bootID the node's boot when the trial began
 * @param since RFC 3339; when the trial was given to the node
 * @param asking whether the node has stored that it is about to ask: from then on a node that goes
 *     away, boots anew or falls silent makes the class suspected; null: not yet
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Trial(
    @JsonPropertyDescription("The driver identity on which the class is tried.")
        @Required
        @Size(max = 64)
        @Pattern(Api.HASH_PATTERN)
        String driver,
    @JsonPropertyDescription("The node that tries the class.")
        @Required
        @Size(max = Api.NODE_NAME_MAX)
        String node,
    @JsonPropertyDescription("The node's boot id when the trial began.") @Required @Size(max = 64)
        String bootID,
    @JsonPropertyDescription("When the trial was given to the node.") @Required @Size(max = 64)
        String since,
    @JsonPropertyDescription("Whether the node has begun to ask.") Boolean asking) {

  /** Whether the node has begun to ask. */
  public boolean hasBegun() {
    return Boolean.TRUE.equals(asking);
  }

  /** The same trial, begun. */
  public Trial begun() {
    return new Trial(driver, node, bootID, since, true);
  }
}
