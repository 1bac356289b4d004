package io.mdevmigration.e2e.bench;

import com.sun.management.ThreadMXBean;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Summary;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.inventory.NodeInventory;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.sysfs.AttributeNames;
import io.mdevmigration.node.sysfs.Familiar;
import io.mdevmigration.node.sysfs.MdevTree;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.ScanScope;
import io.mdevmigration.operator.compatibility.CompatibilityStatus;
import io.mdevmigration.operator.compatibility.CompatibilityStatus.TargetNode;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.operator.source.Compatibilities;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What runs once per node, class or object, each alone on one thread: the time and the bytes that
 * it allocates. A harness of its own, because JMH's licence is not among those that the build
 * allows; what a case gives is kept, so that no compiler leaves it out.
 */
final class Micro {
  private static final int NODES = 5000;
  private static final long WARM_UP = Duration.ofSeconds(1).toNanos();
  private static final long MEASURED = Duration.ofMillis(1500).toNanos();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private volatile Object kept;

  private Micro() {}

  /** Runs every case and prints a line for each. */
  public static void main(String[] args) {
    new Micro().run();
    System.exit(0);
  }

  private void run() {
    System.out.printf("%-52s %14s %14s%n", "on one thread", "us each", "KB each");
    daemon(2, 2);
    daemon(256, 20);
    operator(2);
    operator(50);
  }

  private void daemon(int parents, int types) {
    String size = " of %d parents x %d types".formatted(parents, types);
    MdevTree tree = tree(parents, types);
    measure("scan" + size, () -> tree.scan(ScanScope.EVERYTHING, Familiar.NONE));
    Scan scan = tree.scan(ScanScope.EVERYTHING, Familiar.NONE);
    measure("grouping" + size, () -> Publication.of(scan, Optional.empty()));
  }

  private void operator(int classes) {
    String size = ", %d classes".formatted(classes);
    MdevNodeState first = state(0, classes);
    KubernetesSerialization json = new KubernetesSerialization();
    String text = json.asJson(first);
    measure("MdevNodeState parsed", () -> json.unmarshal(text, MdevNodeState.class));
    measure("  and what is kept of it", () -> NodeReport.of(first));
    Fleet fleet = new Fleet();
    for (int i = 0; i < NODES; i++) {
      fleet.put(node(i));
      fleet.put(NodeReport.of(state(i, classes)));
    }
    Compatibilities compatibilities = new Compatibilities(fleet);
    compatibilities.put(wholeFleet());
    NodeFacts node = node(0);
    NodeReport report = fleet.report(FleetPlan.node(0)).orElseThrow();
    Instant now = Instant.now();
    measure(
        "sources of %d nodes".formatted(NODES) + size,
        () -> compatibilities.publicationChanged(FleetPlan.type(0)));
    measure("what a node is asked" + size, () -> compatibilities.wantedChecks(node));
    Map<String, MdevClass> wanted = compatibilities.wantedLabels(node);
    measure(
        "labels of a node" + size,
        () -> LabelTable.DESIGN.decide(node, Optional.of(report), wanted, Set.of(), now));
    List<TargetNode> targets =
        fleet.nodes().stream()
            .map(n -> new TargetNode(n, fleet.report(n.name()).orElseThrow()))
            .toList();
    var asked = compatibilities.get("whole-fleet").orElseThrow();
    measure(
        "status of %d nodes".formatted(NODES) + size,
        () ->
            CompatibilityStatus.render(
                1,
                Optional.empty(),
                asked.resolution(),
                Map.of(),
                (r, mdevClass) -> Optional.empty(),
                targets,
                now));
  }

  private void measure(String what, Supplier<?> work) {
    repeat(work, WARM_UP);
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long begin = System.nanoTime();
    long times = repeat(work, MEASURED);
    double micros = (System.nanoTime() - begin) / 1e3 / times;
    double kilobytes = (THREADS.getCurrentThreadAllocatedBytes() - bytes) / 1e3 / times;
    System.out.printf("%-52s %14.1f %14.1f%n", what, micros, kilobytes);
  }

  private long repeat(Supplier<?> work, long nanos) {
    long end = System.nanoTime() + nanos;
    long times = 0;
    while (System.nanoTime() < end) {
      kept = work.get();
      times++;
    }
    if (kept == null) {
      throw new IllegalStateException("a case gave nothing");
    }
    return times;
  }

  private static MdevTree tree(int parents, int types) {
    FleetPlan plan = new FleetPlan(1, 1, types, parents);
    return tree(plan.driver(0));
  }

  private static MdevTree tree(SimulatedDriver driver) {
    Deadline deadline = new Deadline(Runnable::run, Duration.ofSeconds(5), () -> {});
    return new MdevTree(
        SimulatedKernel.with(driver), deadline, Path.of("/sys"), AttributeNames.DEFAULT);
  }

  private static NodeFacts node(int node) {
    return new NodeFacts(
        FleetPlan.node(node), "uid-" + node, Optional.of("boot"), Map.of(), Set.of());
  }

  /** As a daemon that was asked nothing yet stores it, and the operator asks. */
  private static MdevNodeState state(int node, int classes) {
    FleetPlan plan = new FleetPlan(NODES, classes, 2, 2);
    Scan scan = tree(plan.driver(plan.driverOf(node))).scan(ScanScope.EVERYTHING, Familiar.NONE);
    NodeInventory inventory = Publication.of(scan, Optional.empty());
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(
        new ObjectMetaBuilder()
            .withName(FleetPlan.node(node))
            .withGeneration(1L)
            .withResourceVersion("1")
            .build());
    state.setSpec(
        new MdevNodeStateSpec(
            IntStream.range(0, classes)
                .mapToObj(i -> new Check(FleetPlan.type(0), "v%02d".formatted(i), null))
                .toList(),
            null,
            null));
    state.setStatus(
        new MdevNodeStateStatus(
            Summary.of(inventory.published(), List.of()),
            inventory.published(),
            List.of(),
            Instant.now().toString(),
            List.of()));
    return state;
  }

  private static MigrationCompatibility wholeFleet() {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName("whole-fleet").withUid("uid").build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            FleetPlan.type(0), new Source(null, new LabelSelector(), null), null, true, List.of()));
    return object;
  }
}
