package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.realkernel.RealKernelNode;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.e2e.time.Patience;
import io.mdevmigration.node.publish.DaemonOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster with KubeVirt and this project in it: a control plane with scheduler and
 * controller-manager, virt-controller, the operator as it is shipped, and nodes with a simulated
 * driver and the real daemon. See the package for what is played.
 */
public final class Lab implements AutoCloseable {
  /** The mdev type that the simulated drivers offer, if nothing else is said. */
  public static final String TYPE = "sample-A";

  /** Another type of theirs. */
  public static final String OTHER_TYPE = "sample-B";

  /** The extended resource that KubeVirt's device plugin makes of both types. */
  public static final String RESOURCE = "sample.io/gpu";

  /** By their names, as the KubeVirt object permits them. */
  static final Map<String, String> PERMITTED = Map.of("A", RESOURCE, "B", RESOURCE);

  private static final DaemonOptions DAEMON =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofSeconds(2));

  private final Path directory;
  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final KubeVirt kubeVirt;
  private final KubernetesClient handlersClient;
  private final PlayedKubelets kubelets;
  private final PlayedVirtHandlers virtHandlers;
  private final Fleet fleet;
  private final Webhook webhook;
  private OperatorProcess operator;
  private volatile MigrationStream stream = (source, target) -> true;

  private Lab(ControlPlane controlPlane, Path directory, ServingCertificate certificate) {
    this.controlPlane = controlPlane;
    this.directory = directory;
    client = controlPlane.client("kubevirt-lab");
    CustomResources.install(controlPlane);
    kubelets = new PlayedKubelets(client);
    kubeVirt = KubeVirt.install(controlPlane, client, PERMITTED);
    kubeVirt.startApi(certificate);
    Tenant.allow(controlPlane);
    handlersClient =
        new KubernetesClientBuilder()
            .withConfig(controlPlane.config(KubeVirt.HANDLER_USER, "virt-handler/played"))
            .build();
    virtHandlers =
        new PlayedVirtHandlers(
            handlersClient, kubelets, (source, target) -> stream.arrives(source, target));
    fleet = Fleet.of(client, controlPlane.config("mdev-node/lab"), DAEMON);
    webhook = new Webhook(client, certificate, Ports.free());
    operator = OperatorProcess.start(controlPlane, webhook.operatorArguments("Steer"));
  }

  /**
   * Ends the operator and starts it in another mode.
   *
   * @param mode {@code Report}, {@code Steer} or {@code Strict}
   */
  public void operate(String mode) {
    operator.close();
    operator = OperatorProcess.start(controlPlane, webhook.operatorArguments(mode));
  }

  /** Starts all of it; the first time on a machine this builds the programs. */
  public static Lab start() {
    Path directory = temporaryDirectory();
    ServingCertificate certificate = ServingCertificate.make(directory);
    Options options =
        Tenant.with(KubeVirt.withUsers(new Options()))
            .scheduler()
            .controllerManager("--controllers=*,-node-lifecycle-controller")
            // virt-api insists that somebody is trusted to ask in the name of others.
            .apiServerArguments("--requestheader-client-ca-file=" + certificate.certificate());
    ControlPlane controlPlane = ControlPlane.start(options);
    boolean ready = false;
    try {
      Lab lab = new Lab(controlPlane, directory, certificate);
      ready = true;
      return lab;
    } finally {
      if (!ready) {
        controlPlane.close();
      }
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("kubevirt-lab-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The control plane. */
  public ControlPlane controlPlane() {
    return controlPlane;
  }

  /** A client of an administrator. */
  public KubernetesClient client() {
    return client;
  }

  /** The KubeVirt in this cluster. */
  public KubeVirt kubeVirt() {
    return kubeVirt;
  }

  /** The operator's webhook, which nobody asks yet. */
  public Webhook webhook() {
    return webhook;
  }

  /** A node of this cluster. */
  public SimulatedNode node(String name) {
    return fleet.node(name);
  }

  /** Says from now on which migrations work in the devices. */
  public void streams(MigrationStream other) {
    stream = other;
  }

  /**
   * Adds a node that KubeVirt can use.
   *
   * @param cpus kube-scheduler prefers the node with more of them free
   * @param devices how many devices of {@link #RESOURCE} it has
   * @param labels besides those that KubeVirt needs
   */
  public SimulatedNode addNode(
      String name, SimulatedKernel kernel, int cpus, int devices, Map<String, String> labels) {
    Map<String, String> all = new HashMap<>(labels);
    all.putAll(KubeVirtResources.NODE_LABELS);
    SimulatedNode node = fleet.add(name, kernel, all);
    kubelets.ready(name, cpus, Map.of(RESOURCE, devices));
    return node;
  }

  /**
   * Adds a node with a real kernel that KubeVirt can use.
   *
   * @param node booted, and in no cluster yet
   * @param cpus kube-scheduler prefers the node with more of them free
   * @param devices how many devices of {@link #RESOURCE} it is said to have
   */
  public void addNode(RealKernelNode node, int cpus, int devices) {
    node.join(controlPlane, client, "--rescan", "2s");
    client
        .nodes()
        .withName(node.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(
                Map.of("metadata", Map.of("labels", KubeVirtResources.NODE_LABELS))));
    kubelets.ready(node.name(), cpus, Map.of(RESOURCE, devices));
  }

  /** Takes a node out of the cluster, if it is in it, and waits until nothing of it is left. */
  public void removeNode(String name) {
    if (fleet.nodes().stream().noneMatch(node -> node.name().equals(name))) {
      return;
    }
    fleet.remove(name);
    client.resources(MdevNodeState.class).withName(name).delete();
    Patience.until(
        "the state of node " + name + " to go",
        () -> client.resources(MdevNodeState.class).withName(name).get() == null,
        () -> "it is still there");
  }

  /**
   * Starts a machine with one device of {@link #RESOURCE} in this namespace.
   *
   * @param nodeSelector of the machine
   */
  public VirtualMachine startMachine(
      String namespace, String name, Map<String, String> nodeSelector) {
    return VirtualMachine.start(client, namespace, name, RESOURCE, nodeSelector);
  }

  /** Makes a namespace and waits until pods can be created in it. */
  public void addNamespace(String name) {
    controlPlane.kubectl("create", "namespace", name).orThrow();
    Patience.until(
        "the service account of " + name,
        () -> client.serviceAccounts().inNamespace(name).withName("default").get() != null,
        () -> "there is none");
  }

  /** Waits until a node carries exactly these labels of ours. */
  public void awaitLabels(String node, Set<String> keys) {
    Patience.until(
        "the labels " + keys + " on " + node,
        () -> ownLabels(node).equals(keys),
        () -> "there are " + ownLabels(node));
  }

  private Set<String> ownLabels(String node) {
    return Optional.ofNullable(client.nodes().withName(node).get())
        .map(Node::getMetadata)
        .map(found -> found.getLabels().keySet())
        .orElse(Set.of())
        .stream()
        .filter(MdevClass::isOwnLabel)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Drains a node with kubectl, which asks again and again for the eviction of what is there.
   *
   * @param atMost how long it tries
   * @return what kubectl said; its exit code is 0 once the node is empty
   */
  public CompletableFuture<CommandResult> drain(String node, Duration atMost) {
    return CompletableFuture.supplyAsync(
        () ->
            controlPlane.kubectl(
                "drain",
                node,
                "--delete-emptydir-data",
                "--force",
                "--timeout=" + atMost.toSeconds() + "s"));
  }

  /** The node that kube-scheduler has bound the target pod of a migration to, if it has. */
  public Optional<String> targetNode(Migration migration) {
    return kubelets.target(migration.uid());
  }

  /** What has been told of a migration, as {@code reason: message}. */
  public List<String> eventsAbout(Migration migration) {
    return VirtualMachine.eventsAbout(
        client, migration.stored().getMetadata().getNamespace(), migration.name());
  }

  /** The resource version of a Node. */
  public String nodeVersion(String name) {
    return client.nodes().withName(name).require().getMetadata().getResourceVersion();
  }

  /** How many devices of {@link #RESOURCE} kube-scheduler could still give away on a node. */
  public int freeDevices(String node) {
    return kubelets.free(node, RESOURCE);
  }

  @Override
  public void close() {
    operator.close();
    fleet.close();
    virtHandlers.close();
    kubeVirt.close();
    handlersClient.close();
    kubelets.close();
    client.close();
    controlPlane.close();
    deleteDirectory();
  }

  private void deleteDirectory() {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      System.err.println("cannot delete " + directory + ": " + e);
    }
  }
}
