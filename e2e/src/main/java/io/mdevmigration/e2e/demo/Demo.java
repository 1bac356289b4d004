package io.mdevmigration.e2e.demo;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.operator.OperatorProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the main job with kubectl's own output, and fails if a label is not what it should be. */
@Command(
    name = "e2e/demo",
    mixinStandardHelpOptions = true,
    description =
        "A control plane, three nodes with different driver versions, the operator, and labels"
            + " that follow the drivers. Stays up until Ctrl-C.")
public final class Demo implements Callable<Integer> {
  private static final Map<String, Integer> GENERATIONS =
      new TreeMap<>(Map.of("gpu-a", 1, "gpu-b", 2, "gpu-c", 3));

  @Option(names = "--once", description = "End after the show.")
  private boolean once;

  @Option(
      names = "--real-kernel",
      description = "Nodes with a real kernel and a real mdev driver, in QEMU.")
  private boolean realKernel;

  private final long begin = System.nanoTime();

  /** The program. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Demo()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    say("Starting etcd, kube-apiserver, kube-scheduler and kube-controller-manager");
    Options options =
        new Options().scheduler().controllerManager("--controllers=*,-node-lifecycle-controller");
    try (ControlPlane controlPlane = ControlPlane.start(options);
        KubernetesClient client = controlPlane.client("demo")) {
      show(controlPlane, "apply", "-f", CustomResources.folder() + "/");
      CustomResources.awaitServed(controlPlane);
      show(controlPlane, "wait", "--for=condition=Established", "crd", "--all");
      try (DemoNodes nodes = nodes(controlPlane, client)) {
        say("Starting the operator; its log is " + log(controlPlane));
        try (OperatorProcess operator = OperatorProcess.start(controlPlane)) {
          return play(controlPlane, client, nodes, operator);
        }
      }
    }
  }

  private DemoNodes nodes(ControlPlane controlPlane, KubernetesClient client) {
    if (realKernel) {
      say("Booting three QEMU guests, emulated; this takes about a minute");
      return RealKernelDemoNodes.start(controlPlane, client, GENERATIONS);
    }
    say("Starting three nodes: the real daemon over a simulated driver");
    return SimulatedDemoNodes.start(controlPlane, client, GENERATIONS);
  }

  private int play(
      ControlPlane controlPlane, KubernetesClient client, DemoNodes nodes, OperatorProcess operator)
      throws IOException, InterruptedException {
    say("Every node's daemon publishes what its kernel offers");
    await("the daemons have published", () -> published(client) == GENERATIONS.size());
    show(controlPlane, "get", "mdevnodestates");
    say("Which nodes can receive a device of gpu-a? And of any node?");
    for (String name : new String[] {"from-gpu-a.yaml", "whole-fleet.yaml"}) {
      String yaml = resource(name);
      System.out.print(yaml.indent(4));
      System.out.print(controlPlane.kubectlWithInput(yaml, "apply", "-f", "-").orThrow().stdout());
    }
    awaitLabels(client, GENERATIONS);
    show(controlPlane, "wait", "--for=condition=Ready", "migrationcompatibilities", "--all");
    show(controlPlane, "get", "migrationcompatibilities");
    show(controlPlane, "describe", "migrationcompatibility", "whole-fleet");
    show(controlPlane, "get", "mdevnodestates");
    say("A node carries one label for each version that its driver accepts");
    showLabels(controlPlane);
    show(controlPlane, "get", "nodes", "-l", key(1) + "=true");
    say("The driver of gpu-a is upgraded from generation 1 to 2: nobody tells the operator");
    nodes.upgrade("gpu-a", 2);
    Map<String, Integer> upgraded = new TreeMap<>(GENERATIONS);
    upgraded.put("gpu-a", 2);
    awaitLabels(client, upgraded);
    await(
        "from-gpu-a counts three compatible nodes",
        () -> statusOf(client, "from-gpu-a").filter(s -> s.compatible() == 3).isPresent());
    showLabels(controlPlane);
    show(controlPlane, "get", "migrationcompatibilities");
    if (!operator.isAlive()) {
      throw new IllegalStateException("the operator has ended: see " + log(controlPlane));
    }
    if (once) {
      say("That was the show");
      return 0;
    }
    say("It stays up until Ctrl-C. In another terminal:");
    System.out.println("export KUBECONFIG=" + controlPlane.kubeconfig());
    System.out.println("alias kubectl=" + controlPlane.program("kubectl"));
    new CountDownLatch(1).await();
    return 0;
  }

  private static Optional<MigrationCompatibilityStatus> statusOf(
      KubernetesClient client, String name) {
    return Optional.ofNullable(
        client.resources(MigrationCompatibility.class).withName(name).get().getStatus());
  }

  private static int published(KubernetesClient client) {
    return (int)
        client.resources(MdevNodeState.class).list().getItems().stream()
            .filter(state -> state.getStatus() != null && state.getStatus().inventory() != null)
            .count();
  }

  /** Waits until each node carries exactly the labels of what its driver accepts and is asked. */
  private void awaitLabels(KubernetesClient client, Map<String, Integer> generations)
      throws InterruptedException {
    Set<String> published =
        generations.values().stream().map(DemoNodes::version).collect(Collectors.toSet());
    for (var node : generations.entrySet()) {
      Set<String> expected =
          DemoNodes.accepted(node.getValue()).stream()
              .filter(published::contains)
              .map(version -> new MdevClass(DemoNodes.TYPE, version).labelKey())
              .collect(Collectors.toCollection(TreeSet::new));
      await(
          node.getKey() + " is labelled with " + expected,
          () -> labels(client, node.getKey()).containsAll(expected));
      Set<String> refused = labels(client, node.getKey());
      refused.removeAll(
          DemoNodes.accepted(node.getValue()).stream()
              .map(version -> new MdevClass(DemoNodes.TYPE, version).labelKey())
              .toList());
      if (!refused.isEmpty()) {
        throw new IllegalStateException(
            node.getKey() + " is labelled with what its driver refuses: " + refused);
      }
    }
  }

  private static Set<String> labels(KubernetesClient client, String node) {
    return client.nodes().withName(node).get().getMetadata().getLabels().keySet().stream()
        .filter(MdevClass::isOwnLabel)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void await(String what, Callable<Boolean> holds) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(realKernel ? 5 : 1).toNanos();
    while (!holds(holds)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("waited in vain until " + what);
      }
      Thread.sleep(100);
    }
  }

  private static boolean holds(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String key(int generation) {
    return new MdevClass(DemoNodes.TYPE, DemoNodes.version(generation)).labelKey();
  }

  /** One column for each label; the words behind the slash tell them apart. */
  private void showLabels(ControlPlane controlPlane) {
    IntStream.rangeClosed(1, 3)
        .forEach(n -> System.out.println("    " + DemoNodes.version(n) + " is " + key(n)));
    show(
        controlPlane,
        "get",
        "nodes",
        "-L",
        IntStream.rangeClosed(1, 3).mapToObj(Demo::key).collect(Collectors.joining(",")));
  }

  private void show(ControlPlane controlPlane, String... arguments) {
    System.out.println("\n$ kubectl " + String.join(" ", arguments));
    CommandResult result = controlPlane.kubectl(arguments).orThrow();
    System.out.print(result.stdout());
    System.out.flush();
  }

  private void say(String what) {
    System.out.printf("%n== %s (%d s)%n", what, (System.nanoTime() - begin) / 1_000_000_000);
  }

  private static Path log(ControlPlane controlPlane) {
    return controlPlane.directory().resolve("operator.log");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream("/demo/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
