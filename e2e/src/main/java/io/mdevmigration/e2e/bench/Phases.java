package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Target;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.time.Latencies;
import io.mdevmigration.e2e.trust.Deployment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What is measured of operator and daemons, one after the other. */
final class Phases implements AutoCloseable {
  /** A status may be written a second late. */
  private static final Duration QUIET = Duration.ofSeconds(3);

  private static final Duration LOOK = Duration.ofMillis(500);

  /** Of every run, so that runs compare. */
  private static final long SEED = 1;

  private final ControlPlane controlPlane;
  private final KubernetesClient admin;
  private final BenchFleet fleet;
  private final FleetPlan plan;
  private final Figures figures;
  private final Progress progress;
  private final Map<String, String> pod;
  private final Duration patience;
  private ShippedOperator operator;

  /** Starts the operator. */
  Phases(
      ControlPlane controlPlane,
      KubernetesClient admin,
      Deployment deployment,
      BenchFleet fleet,
      FleetPlan plan,
      Figures figures,
      Progress progress) {
    this.controlPlane = controlPlane;
    this.admin = admin;
    this.fleet = fleet;
    this.plan = plan;
    this.figures = figures;
    this.progress = progress;
    this.patience = Duration.ofMinutes(2).plusMillis(200L * plan.nodes());
    this.pod =
        deployment.podEnvironment("operator-pod", deployment.operatorToken(FleetPlan.node(0)));
    progress.say("starts the operator");
    this.operator = ShippedOperator.start(controlPlane, admin, pod);
  }

  /** Goes through all phases. */
  void run(int changes, int upgraded) {
    fromNothing();
    askToLabel();
    sizes();
    if (changes > 0) {
      change(changes);
    }
    operatorTook();
    // With a single driver there is no other one.
    if (upgraded > 0 && plan.classes() > 1) {
      upgrade(upgraded);
    }
    restartOperator();
    restartDaemons();
    figures.put(
        "restartApiWrites",
        "restarts of operator and daemons: writes to the API server",
        figures.get("operatorRestartApiWrites") + figures.get("daemonRestartApiWrites"),
        "0");
    figures.put(
        "restartKernelWrites",
        "restarts of operator and daemons: writes to kernels",
        figures.get("operatorRestartKernelWrites") + figures.get("daemonRestartKernelWrites"),
        "0");
  }

  private void fromNothing() {
    progress.say("starts the daemons: from nothing to the last label");
    Start start = start();
    ask(FleetPlan.FIRST);
    fleet.expect(FleetPlan.FIRST);
    long since = System.nanoTime();
    fleet.startDaemons();
    toLabels("fromNothing", "from nothing to the last label", since, start, "10, then 7");
  }

  private void askToLabel() {
    progress.say("asks about another type: from the MigrationCompatibility to the last label");
    Start start = start();
    fleet.expect(FleetPlan.SECOND);
    long since = System.nanoTime();
    ask(FleetPlan.SECOND);
    toLabels("askToLabel", "from a new ask to the last label", since, start, "6, then 4");
  }

  /** What had been done when something began. */
  private record Start(ApiRequests requests, Counts counts, CpuSeconds cpu) {}

  private Start start() {
    return new Start(ApiRequests.now(admin), Counts.now(admin, fleet), cpu());
  }

  private CpuSeconds cpu() {
    return CpuSeconds.now(controlPlane.processes(), operator);
  }

  private void toLabels(String name, String what, long since, Start start, String budget) {
    double seconds = Bench.seconds(fleet.awaitLabels(since, patience));
    CpuSeconds cpu = cpu().since(start.cpu());
    progress.say("%s: %.1f s".formatted(what, seconds));
    figures.put(name + "Seconds", what + ", s", seconds);
    figures.put(name + "Ratio", what + ", floors", seconds / figures.get("floorSeconds"), budget);
    cpu.note(name, figures);
    Counts wrote = settled().since(start.counts());
    figures.put(
        name + "WritesPerNode",
        "  writes to MdevNodeStates and Nodes, per node",
        1.0 * wrote.ofNodes() / plan.nodes(),
        name.equals("fromNothing") ? "6" : "3, 4 with a boot's first questions");
    figures.put(name + "Events", "  Events written", wrote.events());
    figures.put(
        name + "KernelWritesPerNode",
        "  questions written to kernels, per node",
        1.0 * wrote.kernel() / plan.nodes(),
        Integer.toString(plan.classes() * plan.parents()));
    ApiRequests requests = ApiRequests.now(admin).since(start.requests());
    figures.put(
        name + "ReadsPerNode",
        "  GETs of MdevNodeStates and Nodes, per node",
        1.0 * (requests.reads("mdevnodestates") + requests.reads("nodes")) / plan.nodes(),
        name.equals("fromNothing") ? "2" : "0");
    System.out.printf("requests %s%n%s", what, requests.table(plan.nodes()));
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
    admin.resource(object).create();
  }

  private void sizes() {
    String plural = "/apis/mdevmigration.io/v1alpha1/";
    figures.put(
        "stateBytes",
        "an MdevNodeState as JSON, bytes",
        bytes(plural + "mdevnodestates/" + FleetPlan.node(0)));
    figures.put(
        "compatibilityBytes",
        "a MigrationCompatibility as JSON, bytes",
        bytes(
            plural
                + "migrationcompatibilities/"
                + FleetPlan.type(FleetPlan.FIRST).toLowerCase(Locale.ROOT)));
  }

  private int bytes(String path) {
    return admin.raw(path).getBytes(StandardCharsets.UTF_8).length;
  }

  private void change(int changes) {
    progress.say(changes + " changes of a driver, one at a time");
    Random random = new Random(SEED);
    Counts before = Counts.now(admin, fleet);
    List<Duration> times = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      int node = random.nextInt(plan.nodes());
      times.add(fleet.change(node, patience).orElseThrow(() -> late(node)));
    }
    Latencies latencies = new Latencies(times);
    progress.say(
        "changes: p50 %.0f ms, p99 %.0f ms"
            .formatted(latencies.percentile(50), latencies.percentile(99)));
    figures.put(
        "changeToLabelP50Seconds",
        "a driver's change to the node's labels, p50, s",
        latencies.percentile(50) / 1000);
    figures.put(
        "changeToLabelP99Seconds",
        "a driver's change to the node's labels, p99, s",
        latencies.percentile(99) / 1000,
        "1, then 0.25");
    figures.put(
        "changeWrites",
        "  writes to MdevNodeStates and Nodes, per change",
        1.0 * settled().since(before).ofNodes() / changes,
        "2");
  }

  /** After the changes, so that what they altered is the driver's own again. */
  private void upgrade(int upgraded) {
    progress.say("another driver for " + upgraded + " nodes, 16 at a time");
    Counts before = settled();
    Queue<Duration> times = new ConcurrentLinkedQueue<>();
    long begin = System.nanoTime();
    Crew.each(
        IntStream.range(0, upgraded).boxed().toList(),
        node -> times.add(fleet.upgrade(node, patience).orElseThrow(() -> late(node))));
    double seconds = (System.nanoTime() - begin) / 1e9;
    Latencies latencies = new Latencies(List.copyOf(times));
    progress.say("the upgrade: %.1f s".formatted(seconds));
    figures.put("upgradeNodes", "rolling upgrade, 16 nodes at a time: nodes", upgraded);
    figures.put("upgradeSeconds", "  all of it, s", seconds);
    figures.put(
        "upgradeToLabelP99Seconds",
        "  from a node's new driver to its labels, p99, s",
        latencies.percentile(99) / 1000);
    figures.put(
        "upgradeWrites",
        "  writes to MdevNodeStates and Nodes, per node",
        1.0 * settled().since(before).ofNodes() / upgraded,
        "5");
  }

  private IllegalStateException late(int node) {
    return new IllegalStateException(
        "%s does not carry the right labels %d s after a change"
            .formatted(FleetPlan.node(node), patience.toSeconds()));
  }

  private void operatorTook() {
    ProcessFigures taken = operator.figures();
    figures.put("operatorPeakRssMiB", "operator: peak RSS, MiB", taken.peakRssMiB(), "256");
    figures.put("operatorCpuSeconds", "operator: CPU until here, s", taken.cpuSeconds());
    figures.put("operatorThreads", "operator: threads", taken.threads());
  }

  private void restartOperator() {
    progress.say("restarts the operator");
    Counts before = settled();
    operator.close();
    operator = ShippedOperator.start(controlPlane, admin, pod);
    figures.put(
        "operatorReadySeconds",
        "restart of the operator: until it works, s",
        Bench.seconds(operator.ready()),
        "5");
    restarted("operator", settled().since(before));
    figures.put(
        "operatorRestartPeakRssMiB", "  its peak RSS, MiB", operator.figures().peakRssMiB(), "256");
  }

  private void restartDaemons() {
    progress.say("restarts all daemons");
    Counts before = settled();
    long begin = System.nanoTime();
    fleet.restartDaemons(patience);
    figures.put(
        "daemonsRestartSeconds",
        "restart of all daemons: until the last has looked at its kernel, s",
        (System.nanoTime() - begin) / 1e9);
    restarted("daemon", settled().since(before));
  }

  private void restarted(String who, Counts wrote) {
    figures.put(who + "RestartApiWrites", "  writes to the API server", wrote.writes(), "0");
    figures.put(who + "RestartKernelWrites", "  writes to kernels", wrote.kernel(), "0");
    fleet.awaitLabels(System.nanoTime(), patience);
  }

  /** Waits until nothing more is written, and counts. */
  private Counts settled() {
    long end = System.nanoTime() + patience.toNanos();
    Counts last = Counts.now(admin, fleet);
    long since = System.nanoTime();
    while (System.nanoTime() - since < QUIET.toNanos()) {
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
      Counts now = Counts.now(admin, fleet);
      if (!now.equals(last)) {
        last = now;
        since = System.nanoTime();
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("there is no end of writes: " + last);
      }
    }
    return last;
  }

  @Override
  public void close() {
    operator.close();
  }
}
