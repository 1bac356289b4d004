package io.mdevmigration.e2e.kubevirt;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.kubevirt.DrawnFleet.DrawnNode;
import io.mdevmigration.e2e.time.Patience;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** One machine on a fleet drawn by lot, and one migration of it. */
final class FleetRun implements AutoCloseable {
  /** Who wants the migration. */
  enum Cause {
    /** Somebody creates it. */
    USER,
    /** KubeVirt's evacuation controller, because somebody drains the node with kubectl. */
    DRAIN,
    /** KubeVirt's workload updater, because the launcher is an old one. */
    UPDATE
  }

  private static final int REFUSING_CPUS = 64;
  private static final int OTHER_CPUS = 2;
  private static final int DEVICES = 2;

  private final Lab lab;
  private final DrawnFleet fleet;
  private final String namespace;
  private final VirtualMachine machine;
  private Optional<CompletableFuture<CommandResult>> drain = Optional.empty();

  /** Sets the stage for a fleet drawn by lot. */
  FleetRun(Lab lab, long seed) {
    this(lab, DrawnFleet.of(seed), "fleet-" + seed);
  }

  /**
   * Sets the stage: nodes with all labels that they are to have, and the machine on the source. The
   * refusing nodes are those that kube-scheduler likes best.
   *
   * @param namespace for the machine, made for it
   */
  FleetRun(Lab lab, DrawnFleet fleet, String namespace) {
    this(lab, fleet, namespace, Map.of());
  }

  /** The same with a machine that has a node selector of its own. */
  FleetRun(Lab lab, DrawnFleet fleet, String namespace, Map<String, String> nodeSelector) {
    this.lab = lab;
    this.fleet = fleet;
    this.namespace = namespace;
    lab.addNamespace(namespace);
    lab.streams(
        (source, target) ->
            fleet.others().stream()
                .anyMatch(node -> node.name().equals(target) && fleet.isAccepting(node)));
    boolean ready = false;
    try {
      // The machine has nowhere else to go: a selector of its own would pin it for ever.
      add(fleet.source());
      machine = lab.startMachine(namespace, "vm", nodeSelector);
      fleet.others().forEach(this::add);
      fleet.nodes().forEach(node -> lab.awaitLabels(node.name(), fleet.labels(node)));
      ready = true;
    } finally {
      if (!ready) {
        clear();
      }
    }
  }

  private void add(DrawnNode node) {
    boolean refusing = fleet.refusing().contains(node);
    lab.addNode(
        node.name(), node.kernel(), refusing ? REFUSING_CPUS : OTHER_CPUS, DEVICES, node.labels());
  }

  DrawnFleet fleet() {
    return fleet;
  }

  VirtualMachine machine() {
    return machine;
  }

  /** The labels of the classes that the source has, as a migration's selector. */
  Map<String, String> selectorOfSource() {
    return fleet.source().classes().stream()
        .map(MdevClass::labelKey)
        .collect(Collectors.toMap(key -> key, key -> MdevClass.LABEL_VALUE));
  }

  /**
   * Lets it be migrated, and waits for the end.
   *
   * @param addedNodeSelector what a user adds; nobody else can add one
   */
  Migration migrate(Cause cause, Map<String, String> addedNodeSelector) {
    switch (cause) {
      case USER -> {
        return machine.awaitEnd(machine.migrate(addedNodeSelector));
      }
      case DRAIN -> drain();
      case UPDATE -> {
        machine.agesLauncher();
        lab.kubeVirt().upgraded();
      }
    }
    return machine.awaitEnd(machine.awaitMigration());
  }

  /** The resource versions of the Nodes, which change with every label. */
  Map<String, String> nodeVersions() {
    return fleet.nodes().stream()
        .collect(Collectors.toMap(DrawnNode::name, node -> lab.nodeVersion(node.name())));
  }

  /** Begins to drain the source. */
  void drain() {
    drain = Optional.of(lab.drain(fleet.source().name(), Patience.LONG));
  }

  /** What has become of the drain that was begun. */
  CompletableFuture<CommandResult> drained() {
    return drain.orElseThrow();
  }

  /** What is wrong if a migration ought to have ended on an accepting node. */
  Optional<String> complaint(Migration ended) {
    String target = lab.targetNode(ended).orElse("no node");
    if (!DrawnFleet.names(fleet.accepting()).contains(target)) {
      return Optional.of("the target pod went to " + target + ": " + fleet + ", " + ended);
    }
    if (!ended.phase().equals("Succeeded") || !machine.node().equals(target)) {
      return Optional.of("the machine is on " + machine.node() + ": " + fleet + ", " + ended);
    }
    return fleet.refusing().stream()
        .filter(node -> lab.freeDevices(node.name()) < 1)
        .findFirst()
        .map(node -> "no free device on " + node.name() + ", so that nothing is shown");
  }

  /** Takes everything away again. */
  @Override
  public void close() {
    machine.delete();
    drain.ifPresent(CompletableFuture::join); // ends with the machine's last pod
    clear();
  }

  private void clear() {
    lab.client().namespaces().withName(namespace).delete();
    fleet.nodes().forEach(node -> lab.removeNode(node.name()));
  }
}
