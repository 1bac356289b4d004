package io.mdevmigration.operator.kubevirt.evacuation;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.NodeEvacuation;
import io.mdevmigration.crds.NodeEvacuationStatus;
import io.mdevmigration.crds.StuckVirtualMachine;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What a node's NodeEvacuation says. */
public final class EvacuationStatus {
  private EvacuationStatus() {}

  /**
   * The status of a node's plan. With the same plan it is the status that is stored.
   *
   * @param plan what a drain would meet
   * @param before the status that is stored; empty if there is none
   * @param now the time of a transition
   */
  public static NodeEvacuationStatus of(
      Evacuation plan, Optional<NodeEvacuationStatus> before, Instant now) {
    List<String> types = plan.lastRefugeOf().stream().limit(Api.NAMES_MAX).toList();
    return new NodeEvacuationStatus(
        List.of(evacuable(plan, before, now)),
        plan.machines() + plan.unclear(),
        plan.stuck(),
        plan.unclear(),
        plan.lastRefugeOf().size(),
        plan.first().stream()
            .map(
                stuck ->
                    new StuckVirtualMachine(
                        stuck.name().namespace(), stuck.name().name(), stuck.why().toString()))
            .toList(),
        plan.omitted(),
        types,
        plan.lastRefugeOf().size() - types.size());
  }

  private static Condition evacuable(
      Evacuation plan, Optional<NodeEvacuationStatus> before, Instant now) {
    if (plan.stuck() > 0) {
      return condition("False", Evacuable.NO_TARGET, plan.obstacles(), before, now);
    }
    if (plan.unclear() > 0) {
      return condition(
          "Unknown",
          Evacuable.NEEDS_UNCLEAR,
          "of %d VMI(s) it cannot be told which nodes accept their devices; a migration of one, or"
                  .formatted(plan.unclear())
              + " a dry run, says why",
          before,
          now);
    }
    return plan.lastRefugeOf().isEmpty()
        ? condition(
            "True",
            Evacuable.TARGETS_KNOWN,
            "every VMI with an mdev device here has another node that accepts it",
            before,
            now)
        : condition(
            "True",
            Evacuable.LAST_REFUGE,
            "a drain leaves nobody behind, but while this node is away VMIs elsewhere cannot"
                + " migrate: "
                + plan.obstacles(),
            before,
            now);
  }

  private static Condition condition(
      String status,
      Evacuable reason,
      String message,
      Optional<NodeEvacuationStatus> before,
      Instant now) {
    String since =
        before.stream()
            .flatMap(stored -> stored.conditions().stream())
            .filter(c -> c.getType().equals(NodeEvacuation.EVACUABLE))
            .filter(c -> c.getStatus().equals(status))
            .map(Condition::getLastTransitionTime)
            .findFirst()
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ConditionBuilder()
        .withType(NodeEvacuation.EVACUABLE)
        .withStatus(status)
        .withReason(reason.toString())
        .withMessage(message)
        .withLastTransitionTime(since)
        .build();
  }
}
