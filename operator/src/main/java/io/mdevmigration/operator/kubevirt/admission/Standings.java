package io.mdevmigration.operator.kubevirt.admission;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.kubevirt.need.Need;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the nodes stand to what VMIs need. What has been counted for one VMI serves the others that
 * need the same; it is a cache, and says what counting everything anew would say. Safe for use by
 * many threads.
 */
public final class Standings {
  /** So many needs that no node is known to accept; of a fleet of 5,000 nodes 300 KB each. */
  private static final int KEPT = 32;

  private final Fleet fleet;

  /** Guarded by this; the one asked about longest ago first. */
  private final Map<Needed, Places> kept =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Needed, Places> eldest) {
          return size() > KEPT;
        }
      };

  /** What VMIs on different nodes may need alike. */
  private record Needed(String resource, List<MdevClass> classes) {}

  /**
   * Standings of nodes.
   *
   * @param fleet what is stored of them
   */
  public Standings(Fleet fleet) {
    this.fleet = fleet;
  }

  /** How the nodes other than its own stand to a VMI's device. */
  Evidence evidence(Need.Classes need, Instant now) {
    List<String> accepting =
        fleet.carriersOf(need.labelKeys()).stream()
            .filter(name -> !name.equals(need.source()))
            .toList();
    // Why the others do not is asked only where none does: it takes longer.
    return accepting.isEmpty()
        ? places(need).evidence(need.source(), now)
        : new Evidence(accepting, Map.of(), 0, 0);
  }

  /** Whether certainly no node other than its own accepts a VMI's device. */
  public boolean ruleOutEveryNode(Need.Classes need, Instant now) {
    return need.doubt().isEmpty() && evidence(need, now).rulesOutEveryNode();
  }

  private synchronized Places places(Need.Classes need) {
    return kept.computeIfAbsent(
        new Needed(need.resource(), need.classes()),
        needed -> new Places(fleet, needed.resource(), needed.classes()));
  }

  /** The node of this name. */
  Optional<NodeFacts> node(String name) {
    return fleet.node(name);
  }
}
