package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.e2e.time.Patience;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A fleet with two drivers, old and new: the old one's devices go to every node, the new one's to
 * new ones alone. Node 0 has a device that no other node takes; every tenth machine has it.
 */
final class LargeFleet implements AutoCloseable {
  static final String NAMESPACE = "machines";

  private static final int LONELY_EACH = 10;
  private static final int WRITERS = 16;

  /** Thousands of nodes have to do something. */
  private static final Duration AGES = Duration.ofMinutes(10);

  /** The API server walks all nodes at each look. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private static final SimulatedDriver OLD = driver("1.0", "A-v1", "A-v1");
  private static final SimulatedDriver NEW = driver("2.0", "A-v2", "A-v1", "A-v2");
  private static final SimulatedDriver LONELY = driver("3.0", "A-v3", "A-v1", "A-v2", "A-v3");

  /** They look for nothing by themselves: what changes, the kernel tells. */
  private static final DaemonOptions QUIET =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofHours(1)).withRelist(Duration.ofHours(1));

  private final KubernetesClient client;
  private final KubernetesClient daemons;
  private final DaemonThreads threads = DaemonThreads.create(WRITERS);
  private final Fleet fleet;
  private final int nodes;

  /**
   * Without nodes yet.
   *
   * @param nodes how many there are to be, 3 at least
   */
  LargeFleet(ControlPlane controlPlane, KubernetesClient client, int nodes) {
    this.client = client;
    this.nodes = nodes;
    daemons = controlPlane.client("mdev-node/large-fleet");
    fleet = Fleet.sharing(client, daemons, threads, QUIET);
  }

  private static SimulatedDriver driver(String name, String own, String... accepted) {
    return SimulatedDriver.named("sample")
        .version(name)
        .type(Lab.TYPE, type -> type.version(own).accepts(accepted));
  }

  private static SimulatedDriver driverOf(int node) {
    if (node == 0) {
      return LONELY;
    }
    return node % 2 == 0 ? OLD : NEW;
  }

  private static String name(int node) {
    return "node-%04d".formatted(node);
  }

  /**
   * Adds the nodes, each with the real daemon, and waits until every one has published: in a JVM
   * that thousands of daemons start in, one that is tried first would answer too late.
   */
  void addNodes() {
    each(nodes, i -> fleet.add(name(i), SimulatedKernel.with(driverOf(i))));
    Patience.until("the inventories of all nodes", AGES, () -> published() == nodes, () -> "");
  }

  private long published() {
    Patience.pause(BETWEEN_LOOKS);
    return client.resources(MdevNodeState.class).list().getItems().stream()
        .filter(state -> state.getStatus() != null && state.getStatus().inventory() != null)
        .count();
  }

  /** Adds running machines, spread over the nodes. */
  void addMachines(int count) {
    each(
        count,
        i ->
            client
                .resource(
                    """
                    apiVersion: kubevirt.io/v1
                    kind: VirtualMachineInstance
                    metadata: {name: %s, namespace: %s}
                    spec: {domain: {devices: {gpus: [{name: gpu, deviceName: %s}]}}}
                    status: {phase: Running, nodeName: %s}
                    """
                        .formatted(machine(i), NAMESPACE, Lab.RESOURCE, name(nodeOf(i))))
                .create());
  }

  static String machine(int i) {
    return "machine-" + i;
  }

  private int nodeOf(int machine) {
    return isLonely(machine) ? 0 : 1 + machine % (nodes - 1);
  }

  /** Whether no other node takes the machine's device. */
  static boolean isLonely(int machine) {
    return machine % LONELY_EACH == 0;
  }

  /** Waits until every node that accepts a class carries its label. */
  void awaitLabels() {
    int old = (int) IntStream.range(1, nodes).filter(i -> driverOf(i).equals(OLD)).count();
    Patience.until(
        "the labels of all nodes",
        AGES,
        () -> labelled("A-v1") == nodes && labelled("A-v2") == nodes - old && labelled("A-v3") == 1,
        () ->
            labelled("A-v1") + ", " + labelled("A-v2") + ", " + labelled("A-v3") + " of " + nodes);
  }

  private int labelled(String version) {
    Patience.pause(BETWEEN_LOOKS);
    return client
        .nodes()
        .withLabel(new MdevClass(Lab.TYPE, version).labelKey(), MdevClass.LABEL_VALUE)
        .list()
        .getItems()
        .size();
  }

  /** Has the same driver loaded anew on some node, which is asked everything again. */
  void change(Random random) {
    int node = 1 + random.nextInt(nodes - 1);
    fleet.node(name(node)).kernel().reload(driverOf(node));
  }

  private static void each(int count, IntConsumer add) {
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<? extends Future<?>> all =
          IntStream.range(0, count).mapToObj(i -> writers.submit(() -> add.accept(i))).toList();
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("the fleet could not be set up", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      writers.shutdownNow();
    }
  }

  @Override
  public void close() {
    fleet.close();
    threads.shutdown();
    daemons.close();
  }
}
