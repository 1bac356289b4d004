package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import io.mdevmigration.e2e.controlplane.Ports;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * KubeVirt on a control plane: its resources and the rights of its accounts, as its own generators
 * give them, one KubeVirt object, and its virt-controller, which works as the account that it has
 * in a cluster. Played is virt-operator: that the object is {@code Deployed} is written here.
 */
public final class KubeVirt implements AutoCloseable {
  /** Where KubeVirt lives. */
  public static final String NAMESPACE = "kubevirt";

  /** As whom virt-controller asks: who creates the migrations of a drain. */
  public static final String CONTROLLER_USER = account("kubevirt-controller");

  /** As whom virt-api asks. */
  static final String API_USER = account("kubevirt-apiserver");

  /** As whom virt-handler asks. */
  static final String HANDLER_USER = account("kubevirt-handler");

  /** The image of virt-launcher that virt-controller takes to be the current one. */
  public static final String LAUNCHER_IMAGE = "virt-launcher:current";

  private static final String NAME = "kubevirt";

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final Manifests manifests;
  private OwnedProcess controller;
  private Optional<VirtApi> api = Optional.empty();

  private KubeVirt(ControlPlane controlPlane, KubernetesClient client, Manifests manifests) {
    this.controlPlane = controlPlane;
    this.client = client;
    this.manifests = manifests;
  }

  /** Adds the users that KubeVirt's parts are to a control plane that is yet to start. */
  static Options withUsers(Options options) {
    for (String user : List.of(CONTROLLER_USER, API_USER, HANDLER_USER)) {
      options.user(
          user,
          "system:serviceaccounts",
          "system:serviceaccounts:" + NAMESPACE,
          "system:authenticated");
    }
    return options;
  }

  private static String account(String name) {
    return "system:serviceaccount:" + NAMESPACE + ":" + name;
  }

  /**
   * Installs KubeVirt and starts virt-controller; the first time on a machine this builds it.
   *
   * @param controlPlane started with {@link #withUsers(Options)}
   * @param client of an administrator; stays open
   * @param permitted per name of an mdev type the extended resource that its devices are, as in
   *     {@code permittedHostDevices.mediatedDevices}
   */
  static KubeVirt install(
      ControlPlane controlPlane, KubernetesClient client, Map<String, String> permitted) {
    Manifests manifests = Manifests.install();
    KubeVirt made = new KubeVirt(controlPlane, client, manifests);
    controlPlane.kubectl("create", "namespace", NAMESPACE).orThrow();
    manifests.applyResources(controlPlane);
    controlPlane.kubectlWithInput(manifests.print("access"), "create", "-f", "-").orThrow();
    made.configure(permitted);
    made.startController();
    return made;
  }

  /** Deletes the KubeVirt object; what runs goes on. */
  public void forget() {
    client
        .genericKubernetesResources(KubeVirtResources.KUBE_VIRT)
        .inNamespace(NAMESPACE)
        .withName(NAME)
        .delete();
  }

  /**
   * Creates the KubeVirt object and says, as virt-operator would, that it is deployed.
   *
   * @param permitted per name of an mdev type the extended resource that its devices are
   */
  public void configure(Map<String, String> permitted) {
    StringBuilder devices = new StringBuilder();
    permitted.forEach(
        (type, resource) ->
            devices.append(
                "      - {resourceName: \"%s\", mdevNameSelector: \"%s\"}%n"
                    .formatted(resource, type)));
    client
        .resource(
            """
            apiVersion: kubevirt.io/v1
            kind: KubeVirt
            metadata: {name: %s, namespace: %s}
            spec:
              workloadUpdateStrategy: {workloadUpdateMethods: [LiveMigrate]}
              configuration:
                developerConfiguration: {featureGates: [VGPULiveMigration, DecentralizedLiveMigration]}
                migrations: {parallelOutboundMigrationsPerNode: 5, parallelMigrationsPerCluster: 20}
                permittedHostDevices:
                  mediatedDevices:
            %s"""
                .formatted(NAME, NAMESPACE, devices))
        .create();
    client
        .genericKubernetesResources(KubeVirtResources.KUBE_VIRT)
        .inNamespace(NAMESPACE)
        .withName(NAME)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"phase\":\"Deployed\"}}");
  }

  /**
   * Gives migrations the schema that they had before KubeVirt 1.6: {@code addedNodeSelector} is
   * dropped by the API server.
   *
   * @return the definition that was there, for {@link #restore(CustomResourceDefinition)}
   */
  public CustomResourceDefinition agesSchema() {
    CustomResourceDefinition before = migrations().require();
    migrations()
        .edit(
            found -> {
              found
                  .getSpec()
                  .getVersions()
                  .forEach(
                      version ->
                          version
                              .getSchema()
                              .getOpenAPIV3Schema()
                              .getProperties()
                              .get("spec")
                              .getProperties()
                              .remove("addedNodeSelector"));
              return found;
            });
    return before;
  }

  /** Gives migrations this schema again. */
  public void restore(CustomResourceDefinition before) {
    migrations()
        .edit(
            found -> {
              found.setSpec(before.getSpec());
              return found;
            });
  }

  private Resource<CustomResourceDefinition> migrations() {
    return client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("virtualmachineinstancemigrations.kubevirt.io");
  }

  /**
   * Touches the KubeVirt object, as virt-operator does at the end of an upgrade: the workload
   * updater looks for machines with another launcher than {@link #LAUNCHER_IMAGE}.
   */
  public void upgraded() {
    client
        .genericKubernetesResources(KubeVirtResources.KUBE_VIRT)
        .inNamespace(NAMESPACE)
        .withName(NAME)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"upgraded\":\"%s\"}}}".formatted(Instant.now()));
  }

  private void startController() {
    controller =
        OwnedProcess.start(
            "virt-controller",
            List.of(
                manifests.binaries().program("virt-controller").toString(),
                "--kubeconfig=" + controlPlane.kubeconfig(CONTROLLER_USER),
                "--launcher-image=" + LAUNCHER_IMAGE,
                "--listen=127.0.0.1",
                "--port=" + Ports.free()),
            controlPlane.directory().resolve("virt-controller.log"));
  }

  /** Starts virt-api, without which nobody checks machines and migrations or stops evictions. */
  void startApi(ServingCertificate certificate) {
    api =
        Optional.of(
            VirtApi.start(
                controlPlane,
                client,
                manifests.binaries().program("virt-api"),
                manifests.print("admission"),
                certificate));
  }

  /** Whether virt-controller runs. */
  public boolean isAlive() {
    return controller.isAlive();
  }

  /** Ends virt-controller and virt-api; what is installed stays. */
  @Override
  public void close() {
    api.ifPresent(VirtApi::close);
    controller.terminate(5, TimeUnit.SECONDS);
  }
}
