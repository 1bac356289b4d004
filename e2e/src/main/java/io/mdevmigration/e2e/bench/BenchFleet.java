package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.change.LabelHistory;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.e2e.time.Patience;
import io.mdevmigration.e2e.trust.Deployment;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.DaemonThreads;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** As many daemons as nodes in this JVM, under the shipped role and policies. */
final class BenchFleet implements AutoCloseable {
  /** So many daemons are in a step at the same time; a step waits for the API server. */
  private static final int LOOPS = 64;

  /**
   * The regular look at the kernel is left out: on a real fleet it costs the processors of the
   * nodes, and here those that are measured.
   */
  private static final DaemonOptions OPTIONS =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofHours(1));

  /** A daemon that starts is looked at so often: thousands wait for it. */
  private static final Duration SHORTLY = Duration.ofMillis(2);

  private final FleetPlan plan;
  private final NodeClients clients;
  private final DaemonThreads threads = DaemonThreads.create(LOOPS);
  private final Fleet fleet;
  private final LabelHistory labels;

  /** The kind of devices that each node has now, if it is not the one of the plan. */
  private final Map<Integer, Integer> upgraded = new ConcurrentHashMap<>();

  /** The types that have been asked about. */
  private final Set<Integer> asked = ConcurrentHashMap.newKeySet();

  /** What each node's labels have to be now. */
  private final Map<String, Set<String>> expected = new ConcurrentHashMap<>();

  /**
   * Adds the nodes, with pods and tokens; no daemon runs yet.
   *
   * @param admin writes Nodes, pods and tokens, and watches the Nodes; stays open
   */
  BenchFleet(FleetPlan plan, Deployment deployment, KubernetesClient admin) {
    this.plan = plan;
    this.clients = new NodeClients(deployment);
    this.fleet = Fleet.sharingThreads(admin, clients::of, threads, OPTIONS);
    List<SimulatedDriver> drivers =
        IntStream.range(0, plan.classes()).mapToObj(plan::driver).toList();
    Crew.each(
        IntStream.range(0, plan.nodes()).boxed().toList(),
        i ->
            fleet.addWithoutDaemon(
                FleetPlan.node(i),
                SimulatedKernel.with(drivers.get(plan.kindOf(i))),
                Map.of("kubevirt.io/schedulable", "true")));
    plan.names().forEach(node -> expected.put(node, Set.of()));
    this.labels = new LabelHistory(admin);
  }

  /** Makes a pod and a token for every node. */
  void makeTokens() {
    Crew.each(plan.names(), clients::of);
  }

  /** From now on the nodes have to carry the labels of a type too. */
  void expect(int type) {
    asked.add(type);
    for (int i = 0; i < plan.nodes(); i++) {
      Set<String> more = new HashSet<>(expected.get(FleetPlan.node(i)));
      more.addAll(plan.labels(plan.kindOf(i), type));
      expected.put(FleetPlan.node(i), Set.copyOf(more));
    }
  }

  /**
   * Starts all daemons, each when an earlier one has published, and returns when all have. Were all
   * started at once, those that run already would wait behind thousands of starts for a thread of
   * this JVM; on a real fleet each has its node's processors.
   *
   * @param patience how long one start may take
   */
  void startDaemons(Duration patience) {
    Crew.each(
        fleet.nodes(),
        node -> {
          node.startDaemon();
          soon(node, patience, "published", node::hasPublished);
        });
  }

  /** Stops all daemons, starts them again and returns when each has looked at its kernel. */
  void restartDaemons(Duration patience) {
    fleet.stopDaemons();
    Map<String, Integer> before = new HashMap<>();
    fleet.nodes().forEach(node -> before.put(node.name(), looks(node)));
    fleet.startDaemons();
    Patience.until(
        "every daemon to look at its kernel again",
        patience,
        () -> fleet.nodes().stream().allMatch(node -> looks(node) > before.get(node.name())),
        () -> "see the log above");
  }

  /**
   * Restarts some daemons one after the other, the next when the one before has looked at its
   * kernel.
   *
   * @param count how many, no more than there are
   * @param patience how long one may take
   */
  void restartDaemonsInTurn(int count, Duration patience) {
    for (SimulatedNode node : fleet.nodes().subList(0, count)) {
      int before = looks(node);
      node.restartDaemon();
      soon(node, patience, "looked at its kernel", () -> looks(node) > before);
    }
  }

  private static void soon(
      SimulatedNode node, Duration patience, String done, BooleanSupplier isDone) {
    long end = System.nanoTime() + patience.toNanos();
    while (!isDone.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "the daemon of %s has not %s %d s after its start"
                .formatted(node.name(), done, patience.toSeconds()));
      }
      Patience.pause(SHORTLY);
    }
  }

  private static int looks(SimulatedNode node) {
    return node.kernel().reads(SimulatedDriver.parentName(0), FleetPlan.type(FleetPlan.FIRST));
  }

  /** Whether the labels are watched at this moment. */
  boolean isWatched() {
    return labels.isWatching();
  }

  /**
   * Waits until every node carries the labels that it has to, and no others of ours.
   *
   * @param since of {@link System#nanoTime}
   * @return how long after that moment the last label was right
   * @throws IllegalStateException if one is not right in time; says which
   */
  Duration awaitLabels(long since, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    for (var node : expected.entrySet()) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      if (!labels.await(node.getKey(), node.getValue(), left)) {
        throw wrong(node.getKey(), patience);
      }
    }
    Duration last = Duration.ZERO;
    for (var node : expected.entrySet()) {
      Duration after =
          labels
              .after(since, node.getKey(), node.getValue()::equals)
              .orElseThrow(() -> wrong(node.getKey(), patience));
      last = after.compareTo(last) > 0 ? after : last;
    }
    return last;
  }

  private IllegalStateException wrong(String node, Duration patience) {
    return new IllegalStateException(
        "%s does not carry exactly %s after %d s: see operator.log"
            .formatted(node, expected.get(node), patience.toSeconds()));
  }

  /**
   * Has a node's driver loaded anew, such that it accepts otherwise, or as at first if it does so
   * already.
   *
   * @return how long after that the node's labels were right; empty if they were not in time
   */
  Optional<Duration> change(int node, Duration patience) {
    String name = FleetPlan.node(node);
    int kind = kindOf(node);
    Set<String> former = plan.labels(kind, FleetPlan.FIRST);
    Set<String> altered = plan.alteredLabels();
    Set<String> next = new HashSet<>(expected.get(name));
    boolean back = !next.containsAll(former);
    next.removeAll(back ? altered : former);
    next.addAll(back ? former : altered);
    expected.put(name, Set.copyOf(next));
    fleet.node(name).kernel().reload(back ? plan.driver(kind) : plan.altered(kind));
    long since = System.nanoTime();
    return labels.await(name, next, patience)
        ? labels.after(since, name, next::equals)
        : Optional.empty();
  }

  /**
   * Has a node get the next kind of devices, and with it the next driver, in the place of its own.
   *
   * @return how long after that the node's labels were right; empty if they were not in time
   */
  Optional<Duration> upgrade(int node, Duration patience) {
    String name = FleetPlan.node(node);
    int kind = (kindOf(node) + 1) % plan.classes();
    upgraded.put(node, kind);
    Set<String> next = new HashSet<>();
    asked.forEach(type -> next.addAll(plan.labels(kind, type)));
    expected.put(name, Set.copyOf(next));
    fleet.node(name).kernel().reload(plan.driver(kind));
    long since = System.nanoTime();
    return labels.await(name, next, patience)
        ? labels.after(since, name, next::equals)
        : Optional.empty();
  }

  private int kindOf(int node) {
    return upgraded.getOrDefault(node, plan.kindOf(node));
  }

  /** How many questions have been written to all kernels so far. */
  long kernelWrites() {
    return fleet.nodes().stream().mapToLong(node -> node.kernel().totalWrites()).sum();
  }

  @Override
  public void close() {
    labels.close();
    fleet.close();
    threads.shutdown();
    clients.close();
  }
}
