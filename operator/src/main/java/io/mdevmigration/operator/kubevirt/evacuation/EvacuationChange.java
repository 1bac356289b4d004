package io.mdevmigration.operator.kubevirt.evacuation;

import io.mdevmigration.operator.event.EventReason;
import io.mdevmigration.operator.event.EventType;
import io.mdevmigration.operator.event.Involved;
import io.mdevmigration.operator.event.Occurrence;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is told on Nodes when what their drain would meet has changed. */
public final class EvacuationChange {
  private EvacuationChange() {}

  /**
   * What is to be told: that a drain would be stuck, that it would not be any more, and of which
   * types the node has become the last refuge.
   *
   * @param before the plans as they were, by node
   * @param after the plans as they are, by node
   * @param fleet the nodes
   */
  public static List<Occurrence> of(
      SortedMap<String, Evacuation> before, SortedMap<String, Evacuation> after, Fleet fleet) {
    TreeSet<String> nodes = new TreeSet<>(before.keySet());
    nodes.addAll(after.keySet());
    return nodes.stream()
        .flatMap(name -> fleet.node(name).stream())
        .flatMap(
            node ->
                told(
                    Involved.node(node),
                    Optional.ofNullable(before.get(node.name())),
                    Optional.ofNullable(after.get(node.name())))
                    .stream())
        .toList();
  }

  private static Optional<Occurrence> told(
      Involved node, Optional<Evacuation> before, Optional<Evacuation> after) {
    boolean wasFree = before.map(Evacuation::isFree).orElse(true);
    boolean isFree = after.map(Evacuation::isFree).orElse(true);
    if (before.equals(after) || (wasFree && isFree)) {
      return Optional.empty();
    }
    return Optional.of(
        isFree
            ? new Occurrence(
                node,
                EventType.NORMAL,
                EventReason.EVACUATION_FREE,
                "",
                "every VMI with an mdev device here has another node that accepts it, and no VMI"
                    + " elsewhere depends on this node alone")
            : new Occurrence(
                node,
                EventType.WARNING,
                EventReason.EVACUATION_STUCK,
                "",
                message(after.orElseThrow())));
  }

  private static String message(Evacuation plan) {
    String stuck =
        plan.stuck() == 0
            ? ""
            : "a drain would wait for %d of %d VMI(s) that no other node accepts: %s%s"
                .formatted(
                    plan.stuck(),
                    plan.machines(),
                    plan.names().stream()
                        .map(ObjectName::toString)
                        .collect(Collectors.joining(", ")),
                    plan.omitted() > 0 ? " and " + plan.omitted() + " more" : "");
    String refuge =
        plan.lastRefugeOf().isEmpty()
            ? ""
            : "no other node accepts some VMIs elsewhere of type "
                + String.join(", ", plan.lastRefugeOf());
    return stuck + (stuck.isEmpty() || refuge.isEmpty() ? "" : "; ") + refuge;
  }
}
