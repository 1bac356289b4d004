package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Target;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The phases in which the whole fleet is asked, and how much is stored in the end. */
final class Questions {
  private final Rig rig;

  Questions(Rig rig) {
    this.rig = rig;
  }

  /** From nothing to the last label of the first type. */
  void fromNothing() {
    rig.say("starts the daemons: from nothing to the last label");
    Start start = start();
    ask(FleetPlan.FIRST);
    rig.fleet().expect(FleetPlan.FIRST);
    long since = System.nanoTime();
    rig.fleet().startDaemons(rig.patience());
    toLabels("fromNothing", "from nothing to the last label", since, start, "10, then 7");
  }

  /** From a new question about another type to its last label. */
  void askToLabel() {
    rig.say("asks about another type: from the MigrationCompatibility to the last label");
    Start start = start();
    rig.fleet().expect(FleetPlan.SECOND);
    long since = System.nanoTime();
    ask(FleetPlan.SECOND);
    toLabels("askToLabel", "from a new ask to the last label", since, start, "6, then 4");
  }

  /** What had been done when something began. */
  private record Start(ApiRequests requests, Counts counts, CpuSeconds cpu) {}

  private Start start() {
    return new Start(ApiRequests.now(rig.admin()), rig.counts(), cpu());
  }

  private CpuSeconds cpu() {
    return CpuSeconds.now(rig.controlPlane().processes(), rig.operator());
  }

  private void toLabels(String name, String what, long since, Start start, String budget) {
    double seconds = Bench.seconds(rig.fleet().awaitLabels(since, rig.patience()));
    CpuSeconds cpu = cpu().since(start.cpu());
    rig.say("%s: %.1f s".formatted(what, seconds));
    rig.put(name + "Seconds", what + ", s", seconds);
    rig.put(name + "Ratio", what + ", floors", seconds / rig.figures().get("floorSeconds"), budget);
    cpu.note(name, rig.figures());
    Counts wrote = rig.settled().since(start.counts());
    rig.put(
        name + "WritesPerNode",
        "  writes to MdevNodeStates and Nodes, per node",
        1.0 * wrote.ofNodes() / rig.plan().nodes(),
        name.equals("fromNothing") ? "6" : "3, 4 with a boot's first questions");
    rig.put(name + "Events", "  Events written", wrote.events());
    rig.put(
        name + "KernelWritesPerNode",
        "  questions written to kernels, per node",
        1.0 * wrote.kernel() / rig.plan().nodes(),
        Integer.toString(rig.plan().classes() * rig.plan().parents()));
    ApiRequests requests = ApiRequests.now(rig.admin()).since(start.requests());
    rig.put(
        name + "ReadsPerNode",
        "  GETs of MdevNodeStates and Nodes, per node",
        1.0 * requests.readsOfNodes() / rig.plan().nodes(),
        name.equals("fromNothing") ? "2" : "0");
    System.out.printf("requests %s%n%s", what, requests.table(rig.plan().nodes()));
  }

  private void ask(int type) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(
        new ObjectMetaBuilder().withName(FleetPlan.type(type).toLowerCase(Locale.ROOT)).build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            FleetPlan.type(type),
            new Source(null, new LabelSelector(), null),
            new Target(new LabelSelector()),
            true,
            List.of()));
    rig.admin().resource(object).create();
  }

  /** How much each object takes. */
  void sizes() {
    String plural = "/apis/mdevmigration.io/v1alpha1/";
    rig.put(
        "stateBytes",
        "an MdevNodeState as JSON, bytes",
        bytes(plural + "mdevnodestates/" + FleetPlan.node(0)));
    rig.put(
        "compatibilityBytes",
        "a MigrationCompatibility as JSON, bytes",
        bytes(
            plural
                + "migrationcompatibilities/"
                + FleetPlan.type(FleetPlan.FIRST).toLowerCase(Locale.ROOT)));
  }

  private int bytes(String path) {
    return rig.admin().raw(path).getBytes(StandardCharsets.UTF_8).length;
  }
}
