package io.mdevmigration.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * What a node's daemon has found and been answered. An inventory and the answers that belong to it
 * are always written together.
 *
 * @param summary the numbers that kubectl get shows; null until the first scan
 * @param inventory what the kernel offers; null until the first scan
 * @param answers what the drivers said, one per class asked
 * @param observedTime RFC 3339; when the daemon last confirmed everything here
 * @param conditions Ready
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MdevNodeStateStatus(
    @JsonPropertyDescription("The numbers that kubectl get shows.") Summary summary,
    @JsonPropertyDescription("What the node's kernel offers.") Inventory inventory,
    @JsonPropertyDescription("What the drivers answered to spec.checks, one entry per class.")
        @Size(max = Api.CHECKS_MAX)
        List<Answer> answers,
    @JsonPropertyDescription(
            "When the daemon last confirmed all this. Refreshed at least every 6 hours.")
        @Size(max = 64)
        @Pattern(Api.TEXT_PATTERN)
        String observedTime,
    @JsonPropertyDescription("Ready: whether the daemon can read this node's mdev tree and ask.")
        @Size(max = 8)
        List<Condition> conditions) {

  public MdevNodeStateStatus {
    answers = answers == null ? List.of() : List.copyOf(answers);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
