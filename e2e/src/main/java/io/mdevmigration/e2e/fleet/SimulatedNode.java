package io.mdevmigration.e2e.fleet;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.NodeDaemon;
import io.mdevmigration.node.uevent.KernelChange;
import io.mdevmigration.node.uevent.Uevent;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One node: a Node object, a simulated kernel and the real daemon on it. The kubelet's part, the
 * Node object with its boot id and kernel version, is played here.
 *
 * <p>The kernel's uevents reach the daemon as a socket would bring them, on the thread of the
 * change. Methods that start or stop the daemon are called from one thread at a time.
 */
public final class SimulatedNode implements AutoCloseable {
  private final String name;
  private final SimulatedKernel kernel;
  private final KubernetesClient kubelet;
  private final Supplier<DaemonHome> homes;
  private final DaemonOptions options;
  private final Clock clock;

  /** A daemon that runs. */
  private record Running(NodeDaemon daemon, CutOffPosix posix, DaemonHome home) {}

  private volatile Optional<Running> running = Optional.empty();

  SimulatedNode(
      String name,
      SimulatedKernel kernel,
      KubernetesClient kubelet,
      Supplier<DaemonHome> homes,
      DaemonOptions options,
      Clock clock) {
    this.name = requireNonNull(name, "name");
    this.kernel = requireNonNull(kernel, "kernel");
    this.kubelet = requireNonNull(kubelet, "kubelet");
    this.homes = requireNonNull(homes, "homes");
    this.options = requireNonNull(options, "options");
    this.clock = requireNonNull(clock, "clock");
    kernel.onUevent(
        message ->
            Uevent.parse(message)
                .flatMap(KernelChange::of)
                .ifPresent(change -> running.ifPresent(run -> run.daemon().changed(change))));
  }

  /** The Node's name. */
  public String name() {
    return name;
  }

  /** Its kernel. */
  public SimulatedKernel kernel() {
    return kernel;
  }

  /** Whether the daemon runs. */
  public boolean isDaemonRunning() {
    return running.isPresent();
  }

  /** Whether the daemon runs and has stored what it found. */
  public boolean hasPublished() {
    return running.filter(run -> run.daemon().unready().isEmpty()).isPresent();
  }

  /** The Node object as it is stored; empty if there is none. */
  public Optional<Node> node() {
    return Optional.ofNullable(kubelet.nodes().withName(name).get());
  }

  /** The MdevNodeState as it is stored; empty if there is none. */
  public Optional<MdevNodeState> state() {
    return Optional.ofNullable(kubelet.resources(MdevNodeState.class).withName(name).get());
  }

  /**
   * Creates the Node object, as a kubelet does when it starts for the first time.
   *
   * @param labels besides the kubelet's own, kubernetes.io/hostname, os and arch
   */
  public void register(Map<String, String> labels) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("kubernetes.io/hostname", name);
    all.put("kubernetes.io/os", "linux");
    all.put("kubernetes.io/arch", "amd64");
    all.putAll(labels);
    String now = Instant.now().toString();
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .withLabels(all)
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .withNewStatus()
            .withNewNodeInfo()
            .withArchitecture("amd64")
            .withBootID(kernel.bootId())
            .withContainerRuntimeVersion("simulated://1.0")
            .withKernelVersion(kernel.release())
            .withKubeProxyVersion("")
            .withKubeletVersion("v1.35.0")
            .withMachineID(name)
            .withOperatingSystem("linux")
            .withOsImage("simulated")
            .withSystemUUID(name)
            .endNodeInfo()
            .addNewCondition()
            .withType("Ready")
            .withStatus("True")
            .withReason("KubeletReady")
            .withMessage("simulated")
            .withLastHeartbeatTime(now)
            .withLastTransitionTime(now)
            .endCondition()
            .endStatus()
            .build();
    kubelet.resource(node).create();
  }

  /**
   * Starts the daemon.
   *
   * @throws IllegalStateException if it runs
   */
  public void startDaemon() {
    if (running.isPresent()) {
      throw new IllegalStateException("the daemon of " + name + " runs");
    }
    DaemonHome home = homes.get();
    CutOffPosix posix = new CutOffPosix(kernel);
    NodeDaemon daemon = new NodeDaemon(posix, home.client(), name, options, clock, home.threads());
    running = Optional.of(new Running(daemon, posix, home));
    daemon.start();
  }

  /** Stops the daemon in good order, as SIGTERM does; nothing if it does not run. */
  public void stopDaemon() {
    Optional<Running> stopping = running;
    running = Optional.empty();
    stopping.ifPresent(
        run -> {
          run.daemon().close();
          run.home().leave();
        });
  }

  /**
   * Ends the daemon as SIGKILL does: it is not told, its connection breaks, no system call that it
   * makes from now on returns. A write(2) that has begun reaches the driver. Nothing if it does not
   * run.
   *
   * @throws UnsupportedOperationException if the fleet's daemons share a connection
   */
  public void killDaemon() {
    running.ifPresent(
        run -> {
          run.home().destroy();
          run.posix().cutOff();
          running = Optional.empty();
        });
  }

  /** Stops the daemon and starts another one, as a rollout does. */
  public void restartDaemon() {
    stopDaemon();
    startDaemon();
  }

  /**
   * Reboots with these drivers: the daemon ends, the kernel boots, the Node object shows the new
   * boot id as the kubelet would write it, and the daemon starts, in this order.
   */
  public void reboot(SimulatedDriver... drivers) {
    stopDaemon();
    kernel.reboot(drivers);
    reportBoot();
    startDaemon();
  }

  /** Reboots with the drivers that are loaded now; see {@link #reboot(SimulatedDriver...)}. */
  public void reboot() {
    stopDaemon();
    kernel.reboot();
    reportBoot();
    startDaemon();
  }

  /** Writes the kernel's boot id and release into the Node object, the kubelet's part. */
  public void reportBoot() {
    kubelet
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"status":{"nodeInfo":{"bootID":"%s","kernelVersion":"%s"}}}"""
                .formatted(kernel.bootId(), kernel.release()));
  }

  /**
   * Takes the node out of the cluster: stops the daemon and deletes the Node object. The
   * MdevNodeState goes with it where a controller-manager collects garbage.
   */
  public void remove() {
    close();
    kubelet.nodes().withName(name).delete();
  }

  /** Stops the daemon; the objects stay. */
  @Override
  public void close() {
    stopDaemon();
  }
}
