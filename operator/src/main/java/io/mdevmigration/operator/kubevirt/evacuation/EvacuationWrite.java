package io.mdevmigration.operator.kubevirt.evacuation;

import io.mdevmigration.crds.NodeEvacuation;
import io.mdevmigration.crds.NodeEvacuationStatus;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One NodeEvacuation that is to be written. An object is there for nodes with something to say
 * alone: most nodes of a large fleet have no VMI with an mdev device, and need no object and no
 * write.
 */
public sealed interface EvacuationWrite {

  /** There is none yet. */
  record Create(NodeFacts node, NodeEvacuationStatus status) implements EvacuationWrite {}

  /** The one that is stored says something else. */
  record Update(NodeEvacuation stored, NodeEvacuationStatus status) implements EvacuationWrite {}

  /**
   * The one that is stored is of a node about which there is nothing to say, or of a former one.
   */
  record Delete(NodeEvacuation stored) implements EvacuationWrite {}

  /**
   * What differs, by node.
   *
   * @param plans what drains would meet, by node
   * @param fleet the nodes
   * @param stored the objects that are stored, by name
   * @param isCertain whether a node without a plan certainly has nobody to wait for: doubt deletes
   *     nothing
   * @param now the time of a transition
   */
  static List<EvacuationWrite> due(
      SortedMap<String, Evacuation> plans,
      Fleet fleet,
      Map<String, NodeEvacuation> stored,
      boolean isCertain,
      Instant now) {
    List<EvacuationWrite> due = new ArrayList<>();
    plans.forEach(
        (name, plan) ->
            fleet
                .node(name)
                .flatMap(node -> write(node, plan, Optional.ofNullable(stored.get(name)), now))
                .ifPresent(due::add));
    new TreeMap<>(stored)
        .forEach(
            (name, object) -> {
              if (isCertain && (!plans.containsKey(name) || fleet.node(name).isEmpty())) {
                due.add(new Delete(object));
              }
            });
    return due;
  }

  private static Optional<EvacuationWrite> write(
      NodeFacts node, Evacuation plan, Optional<NodeEvacuation> stored, Instant now) {
    if (stored.isEmpty()) {
      return Optional.of(new Create(node, EvacuationStatus.of(plan, Optional.empty(), now)));
    }
    NodeEvacuation object = stored.get();
    boolean isOwned =
        object.getMetadata().getOwnerReferences().stream()
            .anyMatch(owner -> owner.getUid().equals(node.uid()));
    if (!isOwned) {
      // It would go with the former Node; the next look creates it anew.
      return Optional.of(new Delete(object));
    }
    Optional<NodeEvacuationStatus> before = Optional.ofNullable(object.getStatus());
    NodeEvacuationStatus wanted = EvacuationStatus.of(plan, before, now);
    return before.equals(Optional.of(wanted))
        ? Optional.empty()
        : Optional.of(new Update(object, wanted));
  }
}
