package io.mdevmigration.e2e.realkernel;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A Kubernetes node whose kernel is real: a guest with the sample driver in which the shipped
 * daemon runs. No kubelet runs there: the Node object, with the guest's boot id, is made here, as a
 * kubelet would.
 */
public final class RealKernelNode implements AutoCloseable {
  /** How a daemon names itself to the API server. */
  public static final String DAEMON_USER_AGENT = "mdev-node";

  private static final String COUNTERS = "/sys/kernel/debug/mdev_sample";

  private final String name;
  private final Guest guest;

  private RealKernelNode(String name, Guest guest) {
    this.name = name;
    this.guest = guest;
  }

  /**
   * Boots nodes, side by side.
   *
   * @param driversByName the nodes' names with the parameters of their drivers
   * @param directory for the guests' logs and shared folders
   * @param options more of e2e/real-kernel/node, for each
   */
  public static Map<String, RealKernelNode> boot(
      Map<String, List<String>> driversByName, Path directory, String... options) {
    Map<String, RealKernelNode> nodes = new TreeMap<>();
    driversByName.forEach(
        (name, driver) ->
            nodes.put(
                name,
                new RealKernelNode(
                    name, Guest.boot(name, directory.resolve(name), driver, List.of(options)))));
    nodes.values().forEach(node -> node.guest.awaitReady());
    return nodes;
  }

  /** The Node's name. */
  public String name() {
    return name;
  }

  /** The guest, for commands. */
  public Guest guest() {
    return guest;
  }

  /** Makes the Node object and starts the daemon. */
  public void join(ControlPlane controlPlane, KubernetesClient client, String... daemonArguments) {
    register(controlPlane, client);
    startDaemon(daemonArguments);
  }

  /** Makes the Node object and puts kubeconfig into the shared folder; starts nothing. */
  public void register(ControlPlane controlPlane, KubernetesClient client) {
    Node node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("kubernetes.io/hostname", name)
            .addToLabels("kubernetes.io/arch", "amd64")
            .addToLabels("kubernetes.io/os", "linux")
            .endMetadata()
            .build();
    client.nodes().resource(node).create();
    reportBoot(client);
    try {
      Files.copy(
          controlPlane.kubeconfigForGuests(),
          guest.share().resolve("kubeconfig"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the boot that the guest is in into the Node object, as its kubelet would. */
  public void reportBoot(KubernetesClient client) {
    // A merge patch, as controllers write the Node at the same time.
    client
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(
                Map.of(
                    "status",
                    Map.of(
                        "nodeInfo",
                        Map.of(
                            "bootID",
                            guest.run("cat /proc/sys/kernel/random/boot_id"),
                            "kernelVersion",
                            guest.run("uname -r"))))));
  }

  /** Boots the guest anew with another driver; the daemon does not run after it. */
  public void rebootWith(String options, List<String> parameters) {
    setDriverOfBoot(options, parameters);
    guest.reboot();
  }

  /**
   * Sets the driver that is loaded at each boot from now on, and by driver-load without parameters.
   *
   * @param options of driver-load, such as {@code --next}, for boots only
   * @param parameters of the driver
   */
  public void setDriverOfBoot(String options, List<String> parameters) {
    try {
      Files.writeString(guest.share().resolve("driver"), options);
      Files.writeString(guest.share().resolve("module-args"), String.join("\n", parameters) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts the shipped daemon, with a kubeconfig and so without the admission policies; its log is
   * daemon.log in the shared folder.
   */
  public void startDaemon(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(mdevNode());
    command.addAll(List.of("daemon", "--without-admission-policies", "--node-name", name));
    command.addAll(List.of(arguments));
    guest.run(
        "KUBECONFIG=/node/kubeconfig "
            + String.join(" ", command)
            + " < /dev/null >> /node/daemon.log 2>&1 & echo $! > /node/daemon.pid");
  }

  /** Ends the daemon as Kubernetes would, with SIGTERM, and waits until it is gone. */
  public void stopDaemon() {
    guest.run(
        "pid=$(cat /node/daemon.pid); kill $pid; while [ -d /proc/$pid ]; do sleep 0.2; done");
  }

  /** The path of the shipped command, the same in the guest as here. */
  public String mdevNode() {
    return Project.program("node-daemon/target/mdev-node/bin/mdev-node").toString();
  }

  /** Unloads the driver and loads its next version, as an upgrade does. */
  public void loadNextDriver(List<String> parameters) {
    guest.run("driver-load --next " + quoted(parameters));
  }

  /** Loads the driver anew with other parameters. */
  public void reloadDriver(List<String> parameters) {
    guest.run("driver-load " + quoted(parameters));
  }

  private static String quoted(List<String> parameters) {
    return String.join(" ", parameters.stream().map(p -> "'" + p + "'").toList());
  }

  /** How often the driver was written to, by its own count: {@code sample.0/sample-A} to number. */
  public Map<String, Integer> kernelWrites() {
    Map<String, Integer> writes = new TreeMap<>();
    guest
        .run("cd " + COUNTERS + " && grep . */*/writes")
        .lines()
        .map(line -> line.split("/writes:"))
        .forEach(entry -> writes.put(entry[0], Integer.parseInt(entry[1])));
    return writes;
  }

  @Override
  public void close() {
    guest.close();
  }
}
