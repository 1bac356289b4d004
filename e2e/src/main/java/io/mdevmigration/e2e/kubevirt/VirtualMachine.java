package io.mdevmigration.e2e.kubevirt;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.e2e.time.Patience;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A VirtualMachineInstance with one mediated device, as its user sees it. */
public final class VirtualMachine {
  private final KubernetesClient client;
  private final String namespace;
  private final String name;

  private VirtualMachine(KubernetesClient client, String namespace, String name) {
    this.client = requireNonNull(client, "client");
    this.namespace = requireNonNull(namespace, "namespace");
    this.name = requireNonNull(name, "name");
  }

  /**
   * Creates a machine and waits until it runs.
   *
   * @param client of an administrator; stays open
   * @param resource the extended resource of its device, {@code gpus[0].deviceName}
   * @param nodeSelector what every node of it has to carry
   */
  static VirtualMachine start(
      KubernetesClient client,
      String namespace,
      String name,
      String resource,
      Map<String, String> nodeSelector) {
    client
        .resource(
            """
            apiVersion: kubevirt.io/v1
            kind: VirtualMachineInstance
            metadata: {name: %s, namespace: %s}
            spec:
              architecture: amd64
              evictionStrategy: LiveMigrate
              terminationGracePeriodSeconds: 0
              nodeSelector: %s
              domain:
                cpu: {cores: 1, sockets: 1, threads: 1, model: %s}
                machine: {type: q35}
                memory: {guest: 64Mi}
                resources: {requests: {memory: 64Mi}}
                devices:
                  autoattachPodInterface: false
                  gpus: [{name: gpu, deviceName: %s}]
            """
                .formatted(
                    name,
                    namespace,
                    Serialization.asJson(nodeSelector),
                    KubeVirtResources.CPU_MODEL,
                    resource))
        .create();
    VirtualMachine machine = new VirtualMachine(client, namespace, name);
    Patience.until(
        "machine " + name + " to run",
        () -> "Running".equals(machine.stored().get("status", "phase")),
        () -> machine.stored().toString());
    return machine;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** The node that it runs on. */
  public String node() {
    return stored().get("status", "nodeName");
  }

  /**
   * Migrates it, as a user does.
   *
   * @param addedNodeSelector of the migration
   * @return the migration as it was stored
   */
  public Migration migrate(Map<String, String> addedNodeSelector) {
    return migrate("kubevirt.io/v1", Map.of("generateName", "by-hand-"), addedNodeSelector);
  }

  /**
   * Migrates it.
   *
   * @param apiVersion in which the migration is created
   * @param metadata of the migration, but for the namespace
   * @param addedNodeSelector of the migration
   * @throws KubernetesClientException if it is refused, with the reason
   */
  public Migration migrate(
      String apiVersion, Map<String, Object> metadata, Map<String, String> addedNodeSelector) {
    Map<String, Object> all = new HashMap<>(metadata);
    all.put("namespace", namespace);
    return new Migration(
        client,
        (GenericKubernetesResource)
            client.resource(migration(apiVersion, all, name, addedNodeSelector)).create());
  }

  /**
   * Asks for a migration of it to another cluster, without having it done.
   *
   * @return the migration as it would be stored
   * @throws KubernetesClientException if it is refused, with the reason
   */
  public Migration dryRunToAnotherCluster() {
    Map<String, Object> sendTo = Map.of("connectURL", "192.0.2.3:9185", "migrationID", "elsewhere");
    String migration =
        Serialization.asJson(
            Map.of(
                "apiVersion",
                "kubevirt.io/v1",
                "kind",
                "VirtualMachineInstanceMigration",
                "metadata",
                Map.of("name", "elsewhere", "namespace", namespace),
                "spec",
                Map.of("vmiName", name, "sendTo", sendTo)));
    return new Migration(
        client, (GenericKubernetesResource) client.resource(migration).dryRun().create());
  }

  /** Why a migration of it would be refused; empty if it would not. */
  public Optional<String> refusal() {
    Map<String, Object> metadata = Map.of("generateName", "tried-", "namespace", namespace);
    try {
      client.resource(migration("kubevirt.io/v1", metadata, name, Map.of())).dryRun().create();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static String migration(
      String apiVersion,
      Map<String, Object> metadata,
      String machine,
      Map<String, String> addedNodeSelector) {
    Map<String, Object> spec = new HashMap<>(Map.of("vmiName", machine));
    if (!addedNodeSelector.isEmpty()) {
      spec.put("addedNodeSelector", addedNodeSelector);
    }
    return Serialization.asJson(
        Map.of(
            "apiVersion",
            apiVersion,
            "kind",
            "VirtualMachineInstanceMigration",
            "metadata",
            metadata,
            "spec",
            spec));
  }

  /**
   * Whether a migration of a machine that there is not would be refused for that reason: by
   * virt-api, after everybody who changes migrations, or before by an operator that is strict.
   */
  static boolean isMissed(KubernetesClient client) {
    Map<String, Object> metadata = Map.of("name", "of-nothing", "namespace", "default");
    try {
      client.resource(migration("kubevirt.io/v1", metadata, "nothing", Map.of())).dryRun().create();
      return false;
    } catch (KubernetesClientException e) {
      return e.getMessage().contains("\"default/nothing\" does not exist")
          || e.getMessage().contains("VMI default/nothing is not known");
    }
  }

  /** Lets its pod run an older launcher, as all pods do after an upgrade of KubeVirt. */
  public void agesLauncher() {
    Pod pod =
        pods().stream()
            .filter(found -> node().equals(found.getSpec().getNodeName()))
            .findFirst()
            .orElseThrow();
    client
        .resource(pod)
        .edit(
            found ->
                new PodBuilder(found)
                    .editSpec()
                    .editMatchingContainer(container -> "compute".equals(container.getName()))
                    .withImage("virt-launcher:older")
                    .endContainer()
                    .endSpec()
                    .build());
    Patience.until(
        name + " to be outdated",
        () -> "virt-launcher:older".equals(stored().get("status", "launcherContainerImageVersion")),
        () -> stored().toString());
  }

  private List<Pod> pods() {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel(KubeVirtResources.CREATED_BY, stored().getMetadata().getUid())
        .list()
        .getItems();
  }

  /** Its migrations, the oldest first; KubeVirt forgets old ones. */
  public List<Migration> migrations() {
    return client
        .genericKubernetesResources(KubeVirtResources.MIGRATION)
        .inNamespace(namespace)
        .list()
        .getItems()
        .stream()
        .filter(found -> name.equals(found.get("spec", "vmiName")))
        .sorted(Comparator.comparing(found -> found.getMetadata().getCreationTimestamp()))
        .map(found -> new Migration(client, found))
        .toList();
  }

  /** Waits until there is a migration of it. */
  public Migration awaitMigration() {
    return Patience.await(
        "a migration of " + name,
        () -> migrations().stream().findFirst(),
        () -> events().toString());
  }

  /** Waits until a migration of it is over. */
  public Migration awaitEnd(Migration migration) {
    return Patience.await(
        "the end of " + migration.name(),
        () -> migration.now().filter(Migration::isOver),
        () -> migration.now() + ", events " + events());
  }

  /** What has been told of it, as {@code reason: message}. */
  public List<String> events() {
    return eventsAbout(client, namespace, name);
  }

  /** What has been told of an object in a namespace. */
  static List<String> eventsAbout(KubernetesClient client, String namespace, String object) {
    return client.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> object.equals(event.getInvolvedObject().getName()))
        .map(VirtualMachine::line)
        .toList();
  }

  private static String line(Event event) {
    return event.getReason() + ": " + event.getMessage();
  }

  /** Deletes it and waits until it is gone. */
  public void delete() {
    resource().delete();
    Patience.until(
        "machine " + name + " to go",
        () -> Optional.ofNullable(resource().get()).isEmpty(),
        () -> stored().toString());
  }

  private GenericKubernetesResource stored() {
    return resource().require();
  }

  private Resource<GenericKubernetesResource> resource() {
    return client
        .genericKubernetesResources(KubeVirtResources.INSTANCE)
        .inNamespace(namespace)
        .withName(name);
  }
}
