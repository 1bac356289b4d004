package io.mdevmigration.operator.kubevirt.evacuation;

import io.mdevmigration.operator.event.EventReason;
import io.mdevmigration.operator.event.EventType;
import io.mdevmigration.operator.event.Involved;
import io.mdevmigration.operator.event.Occurrence;
import io.mdevmigration.operator.fleet.Fleet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;

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
    String was = before.map(Evacuation::obstacles).orElse("");
    String is = after.map(Evacuation::obstacles).orElse("");
    if (was.equals(is)) {
      return Optional.empty();
    }
    return Optional.of(
        is.isEmpty()
            ? new Occurrence(
                node,
                EventType.NORMAL,
                EventReason.EVACUATION_FREE,
                "",
                "every VMI with an mdev device here has another node that accepts it, and no VMI"
                    + " elsewhere depends on this node alone")
            : new Occurrence(node, EventType.WARNING, EventReason.EVACUATION_STUCK, "", is));
  }
}
