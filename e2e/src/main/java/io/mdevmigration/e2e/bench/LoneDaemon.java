package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.time.Patience;
import io.mdevmigration.e2e.trust.Deployment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One daemon as it is shipped, alone on a node with many devices: what it takes to publish them and
 * to have each of them asked. The mdev tree is one of plain files, {@link PlainTree}.
 */
final class LoneDaemon {
  private static final String NODE = "lone";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Longer than the second look after a start, and enough for a garbage collection or two. */
  private static final Duration LONGER = Duration.ofSeconds(15);

  private final ControlPlane controlPlane;
  private final KubernetesClient admin;
  private final Deployment deployment;
  private final PlainTree tree;

  LoneDaemon(
      ControlPlane controlPlane, KubernetesClient admin, Deployment deployment, PlainTree tree) {
    this.controlPlane = controlPlane;
    this.admin = admin;
    this.deployment = deployment;
    this.tree = tree;
  }

  /**
   * Runs it until all is published and asked and some time longer; notes what it took until then.
   */
  void measure(Figures figures) {
    admin
        .resource(new NodeBuilder().withNewMetadata().withName(NODE).endMetadata().build())
        .create();
    Map<String, String> environment =
        new HashMap<>(deployment.podEnvironment(NODE, deployment.daemonToken(NODE)));
    Path pauses = controlPlane.directory().resolve("mdev-node-gc.log");
    environment.putAll(JvmWatch.environment(pauses));
    environment.put("NODE_NAME", NODE);
    environment.put("MDEV_HTTP_PORT", Integer.toString(Ports.free()));
    Shipped shipped = Shipped.daemon(admin);
    List<String> command = new ArrayList<>();
    Path script = Project.program("node-daemon/target/mdev-node/bin/mdev-node");
    Path archive = ClassArchive.make(script, controlPlane.directory());
    command.add(script.toString());
    for (String argument : shipped.arguments()) {
      command.add(argument.startsWith("--sysfs=") ? "--sysfs=" + tree.root() : argument);
    }
    OwnedProcess process =
        OwnedProcess.start(
            "mdev-node",
            command,
            shipped.environment(archive, environment),
            controlPlane.directory().resolve("mdev-node.log"));
    try (JvmWatch watch = JvmWatch.begin(process.pid(), pauses)) {
      await("publish", process, status -> status.summary().types() == tree.types());
      ClassArchive.requireUsed(archive, process.pid());
      ask();
      await("have asked", process, status -> status.summary().accepted() == tree.types());
      TimeUnit.MILLISECONDS.sleep(LONGER.toMillis());
      note(watch, figures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      process.terminate(10, TimeUnit.SECONDS);
      admin.resources(MdevNodeState.class).withName(NODE).delete();
      admin.nodes().withName(NODE).delete();
    }
  }

  private void note(JvmWatch watch, Figures figures) {
    ProcessFigures taken = watch.figures();
    figures.put(
        "daemonPeakRssMiB",
        "daemon alone, %d parents x %d types: peak RSS, MiB"
            .formatted(tree.parents(), tree.types()),
        taken.peakRssMiB(),
        "96, then 64");
    figures.put(
        "daemonCpuSeconds",
        "daemon alone: CPU from its start until all is asked, s",
        taken.cpuSeconds());
    watch.note("daemon", "daemon alone", figures);
  }

  /** Asks about every type, the operator's part. */
  private void ask() {
    String checks =
        IntStream.range(0, tree.types())
            .mapToObj(
                i ->
                    "{\"type\":\"%s\",\"version\":\"%s\"}"
                        .formatted(PlainTree.type(i), PlainTree.VERSION))
            .collect(Collectors.joining(","));
    admin
        .resources(MdevNodeState.class)
        .withName(NODE)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"checks\":[" + checks + "]}}");
  }

  private void await(String what, OwnedProcess process, Predicate<MdevNodeStateStatus> holds) {
    Patience.until(
        "the daemon to " + what + " everything",
        PATIENCE,
        () -> {
          if (!process.isAlive()) {
            throw new IllegalStateException("the daemon has ended: see " + process.log());
          }
          return Optional.ofNullable(admin.resources(MdevNodeState.class).withName(NODE).get())
              .map(MdevNodeState::getStatus)
              .filter(holds)
              .isPresent();
        },
        () -> "see " + process.log());
  }
}
