package io.mdevmigration.operator;

import io.fabric8.kubernetes.api.model.Node;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.ReportChange;
import io.mdevmigration.operator.node.NodeMetrics;
import io.mdevmigration.operator.node.Versions;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import io.mdevmigration.operator.source.Compatibilities.Change;
import io.mdevmigration.operator.watch.Follower;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Takes up what is stored, as it is listed, told by a watch or answered to a write of our own, and
 * has those looked at who are concerned. What is older than what is known already is passed over.
 */
final class Observations {
  private final Fleet fleet;
  private final Compatibilities compatibilities;
  private final NodesToLookAt toLookAt;
  private final Statuses statuses;
  private final NodeMetrics nodeMetrics;
  private final Versions nodeVersions;
  private final Versions stateVersions;

  /**
   * Nothing has been observed yet.
   *
   * @param fleet where nodes and their states go
   * @param compatibilities where the objects go
   * @param toLookAt the nodes that are concerned
   * @param statuses the objects that are concerned
   * @param nodeMetrics where answers are counted
   * @param uptime a time that only goes forward
   */
  Observations(
      Fleet fleet,
      Compatibilities compatibilities,
      NodesToLookAt toLookAt,
      Statuses statuses,
      NodeMetrics nodeMetrics,
      InstantSource uptime) {
    this.fleet = fleet;
    this.compatibilities = compatibilities;
    this.toLookAt = toLookAt;
    this.statuses = statuses;
    this.nodeMetrics = nodeMetrics;
    this.nodeVersions = new Versions(uptime);
    this.stateVersions = new Versions(uptime);
  }

  /** Takes up Nodes. */
  Follower.Listener<Node> nodes() {
    return new Nodes();
  }

  /** Takes up MdevNodeStates. */
  Follower.Listener<MdevNodeState> states() {
    return new States();
  }

  /** Takes up MigrationCompatibility objects. */
  Follower.Listener<MigrationCompatibility> asked() {
    return new AskedObjects();
  }

  private final class Nodes implements Follower.Listener<Node> {
    @Override
    public void listed(Node node, Instant began) {
      observe(node, (name, version) -> nodeVersions.isNewInList(name, version, began));
    }

    @Override
    public void told(Node node) {
      observe(node, nodeVersions::isNewEvent);
    }

    @Override
    public void removed(String name) {
      synchronized (Observations.this) {
        nodeVersions.deleted(name);
        fleet.removeNode(name);
        selectionChanged(name);
      }
    }
  }

  /** Takes up a Node as it stands after a write of our own. */
  void wrote(Node node) {
    observe(node, nodeVersions::isNewWrite);
  }

  private synchronized void observe(Node node, BiPredicate<String, String> isNew) {
    String name = node.getMetadata().getName();
    if (isNew.test(name, node.getMetadata().getResourceVersion())) {
      switch (fleet.put(NodeFacts.of(node))) {
        case NOTHING -> {}
        case OWN_LABELS -> toLookAt.changed(name);
        case SELECTION -> selectionChanged(name);
      }
    }
  }

  private final class States implements Follower.Listener<MdevNodeState> {
    @Override
    public void listed(MdevNodeState state, Instant began) {
      observe(state, (name, version) -> stateVersions.isNewInList(name, version, began));
    }

    @Override
    public void told(MdevNodeState state) {
      observe(state, stateVersions::isNewEvent);
    }

    @Override
    public void removed(String name) {
      synchronized (Observations.this) {
        stateVersions.deleted(name);
        nodeMetrics.gone(name);
        reportChanged(name, fleet.removeReport(name));
      }
    }
  }

  /** Takes up a state as it stands after a write of our own. */
  void wrote(MdevNodeState state) {
    observe(state, stateVersions::isNewWrite);
  }

  private synchronized void observe(MdevNodeState state, BiPredicate<String, String> isNew) {
    String name = state.getMetadata().getName();
    String version = state.getMetadata().getResourceVersion();
    boolean older = stateVersions.isOlder(name, version);
    if (isNew.test(name, version)) {
      NodeReport report = NodeReport.of(state);
      if (toLookAt.leads()) {
        fleet.report(name).ifPresent(before -> nodeMetrics.reported(before, report));
      }
      reportChanged(name, older ? fleet.putOlder(report) : fleet.put(report));
    }
  }

  private final class AskedObjects implements Follower.Listener<MigrationCompatibility> {
    private final Map<String, String> listed = new HashMap<>();

    @Override
    public void listed(MigrationCompatibility object, Instant began) {
      listed.put(object.getMetadata().getName(), object.getMetadata().getResourceVersion());
      told(object);
    }

    @Override
    public void told(MigrationCompatibility object) {
      Change change = compatibilities.put(object);
      changed(change);
      if (change.anew()) {
        statuses.touch(object.getMetadata().getName());
      }
    }

    @Override
    public void removed(String name) {
      if (compatibilities.remove(name)) {
        statuses.forget(name);
        changed(Change.EVERYTHING);
      }
    }

    @Override
    public void complete(boolean watchEnded) {
      if (statuses.versions().filter(known -> watchEnded || !known.equals(listed)).isPresent()) {
        statuses.start();
      }
      listed.clear();
    }
  }

  /** An object has come, changed or gone, or records something else about trials. */
  private void changed(Change change) {
    if (change.anew()) {
      toLookAt.all();
    }
    for (String digest : change.trials()) {
      toLookAt.triersOf(digest);
      compatibilities.all().stream()
          .filter(asked -> asked.asksAbout(digest))
          .map(Asked::name)
          .forEach(statuses::touch);
    }
  }

  private void selectionChanged(String node) {
    if (compatibilities.selectionChanged()) {
      toLookAt.all();
    }
    compatibilities.all().stream().map(Asked::name).forEach(statuses::touch);
    toLookAt.changed(node);
  }

  private void reportChanged(String node, ReportChange change) {
    if (change.isNothing()) {
      return;
    }
    // A class that is asked about nowhere any more makes room for another of its node.
    boolean anew = (change.whole() || change.released()) && compatibilities.selectionChanged();
    for (String type : change.sources()) {
      anew |= compatibilities.publicationChanged(type);
    }
    if (anew) {
      toLookAt.all();
    }
    toLookAt.newToDrivers(change.tried());
    change.trying().forEach(toLookAt::triersOf);
    toLookAt.changed(node);
    compatibilities.all().stream()
        .filter(asked -> change.whole() || change.types().contains(asked.spec().mdevType()))
        .map(Asked::name)
        .forEach(statuses::touch);
  }
}
