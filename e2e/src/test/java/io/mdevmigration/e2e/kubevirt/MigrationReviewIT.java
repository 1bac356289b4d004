package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.operator.MdevOperator;
import io.mdevmigration.operator.OperatorOptions;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings.Webhook;
import io.mdevmigration.operator.kubevirt.admission.Mode;
import io.mdevmigration.operator.kubevirt.certificate.ManagedCertificate;
import io.mdevmigration.operator.kubevirt.migration.Course.What;
import io.mdevmigration.operator.trial.TrialPeriods;
import io.mdevmigration.telemetry.Meters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * What the operator does about migrations that the real API server has it review: KubeVirt's
 * resources are real, and what its programs would write is written by the test. One operator runs
 * throughout, from before KubeVirt is installed.
 */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MigrationReviewIT {
  private static final String NOBODY = "nobody";
  private static final MdevClass A1 = new MdevClass("sample-A", "A-v1");
  private static final int PORT = Ports.free();
  private static final Duration SOON = Duration.ofSeconds(60);

  private static ControlPlane controlPlane;
  private static KubernetesClient client;
  private static KubernetesClient operatorClient;
  private static Fleet fleet;
  private static MdevOperator operator;

  @BeforeAll
  static void start() {
    controlPlane = ControlPlane.start(new Options().user(NOBODY));
    client = controlPlane.client("review-test");
    operatorClient = controlPlane.client("mdev-operator/review");
    CustomResources.install(controlPlane);
    apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: kubevirt}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: webhook, namespace: kubevirt}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: migrates}
        rules:
        - {apiGroups: [kubevirt.io], resources: ["*"], verbs: ["*"]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: migrates}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: migrates}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: nobody}]
        """);
    register();
    fleet = Fleet.of(client, controlPlane.config("mdev-node/review"), DaemonOptions.DEFAULTS);
    fleet.add("src", kernel("A-v1", "A-v1"));
    fleet.add("yes", kernel("A-v2", "A-v1", "A-v2"));
    fleet.add("no", kernel("A-v3", "A-v3"));
    operator =
        new MdevOperator(
            operatorClient,
            new OperatorOptions(4, Duration.ofSeconds(2), TrialPeriods.DEFAULT),
            InstantSource.system(),
            Optional.of(
                new KubeVirtSettings(
                    Mode.STEER,
                    true,
                    Duration.ofSeconds(2),
                    Optional.of(webhook()),
                    Duration.ofSeconds(1))),
            Meters.none());
    operator.start();
  }

  /** Has the API server ask the operator, without whom nothing is created. */
  private static void register() {
    apply(
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: MutatingWebhookConfiguration
        metadata: {name: review-test}
        webhooks:
        - name: migrations.mdevmigration.io
          admissionReviewVersions: [v1]
          sideEffects: NoneOnDryRun
          failurePolicy: Fail
          timeoutSeconds: 10
          rules:
          - apiGroups: [kubevirt.io]
            apiVersions: [v1, v1alpha3]
            operations: [CREATE]
            resources: [virtualmachineinstancemigrations]
          clientConfig: {url: "https://localhost:%d/migrations"}
        """
            .formatted(PORT));
  }

  /** Replaced every 20 seconds, so that tests see it happen. */
  private static Webhook webhook() {
    return new Webhook(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT),
        new ManagedCertificate(
            operatorClient,
            new ManagedCertificate.Terms(
                "kubevirt",
                "webhook",
                "localhost",
                "review-test",
                Duration.ofSeconds(60),
                Duration.ofSeconds(45),
                Duration.ofSeconds(5)),
            InstantSource.system()),
        operatorClient);
  }

  @AfterAll
  static void stop() {
    operator.close();
    fleet.close();
    operatorClient.close();
    client.close();
    controlPlane.close();
  }

  private static SimulatedKernel kernel(String own, String... accepted) {
    return SimulatedKernel.with(
        SimulatedDriver.named("sample")
            .version("of-" + own)
            .parents(2)
            .type("sample-A", type -> type.version(own).accepts(accepted)));
  }

  private static void apply(String yaml) {
    controlPlane.kubectlWithInput(yaml, "apply", "-f", "-").orThrow();
  }

  private static void permit(String type) {
    apply(
        """
        apiVersion: kubevirt.io/v1
        kind: KubeVirt
        metadata: {name: kubevirt, namespace: kubevirt}
        spec:
          configuration:
            permittedHostDevices:
              mediatedDevices: [{resourceName: sample.io/A, mdevNameSelector: %s}]
        """
            .formatted(type));
  }

  private static void machine(String name, String node, String devices) {
    apply(
        """
        apiVersion: kubevirt.io/v1
        kind: VirtualMachineInstance
        metadata: {name: %s, namespace: shop}
        spec: {domain: {devices: %s}}
        status: {phase: Running, nodeName: "%s"}
        """
            .formatted(name, devices, node));
  }

  private static String migration(String version, String metadata, String spec) {
    return """
    {"apiVersion":"kubevirt.io/%s","kind":"VirtualMachineInstanceMigration",
     "metadata":{"namespace":"shop",%s},"spec":%s}
    """
        .formatted(version, metadata, spec);
  }

  private static CommandResult create(String migration, String... more) {
    String[] arguments = new String[more.length + 5];
    arguments[0] = "create";
    System.arraycopy(more, 0, arguments, 1, more.length);
    arguments[more.length + 1] = "-f";
    arguments[more.length + 2] = "-";
    arguments[more.length + 3] = "-o";
    arguments[more.length + 4] = "jsonpath={.spec.addedNodeSelector}";
    return controlPlane.kubectlWithInput(migration, arguments);
  }

  private static Set<String> ownObjects() {
    Set<String> names = new TreeSet<>();
    client
        .resources(MigrationCompatibility.class)
        .withLabel("app.kubernetes.io/managed-by", "mdev-operator")
        .list()
        .getItems()
        .forEach(object -> names.add(object.getMetadata().getName()));
    return names;
  }

  private static boolean isLabelled(String node) {
    return client.nodes().withName(node).get().getMetadata().getLabels().containsKey(A1.labelKey());
  }

  private static List<String> events(String kind, String reason) {
    return client.v1().events().inNamespace("shop").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getKind().equals(kind))
        .filter(event -> event.getReason().equals(reason))
        .map(event -> event.getInvolvedObject().getName() + ": " + event.getMessage())
        .toList();
  }

  @Test
  @Order(1)
  void aClusterWithoutKubeVirtIsLeftAloneAndKubeVirtIsFoundWhenItComes() {
    await().atMost(SOON).until(() -> operator.migrations().orElseThrow().address().isPresent());
    assertThat(ownObjects()).isEmpty();
    Manifests.install().applyResources(controlPlane);
    permit("A");
    await().atMost(SOON).until(() -> ownObjects().size() == 1);
    await().atMost(SOON).until(() -> isLabelled("yes"));
    assertThat(isLabelled("no")).isFalse();
  }

  @Test
  @Order(2)
  void migrationsOfBothVersionsGetTheLabelsOfTheirSource() {
    // Known by the time the other one is.
    machine("counter", "src", "{gpus: [{name: g, deviceName: sample.io/A}]}");
    machine("till", "src", "{gpus: [{name: g, deviceName: sample.io/A}]}");
    String expected = "\"" + A1.labelKey() + "\":\"true\"";
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        create(
                                migration("v1", "\"name\":\"try\"", "{\"vmiName\":\"till\"}"),
                                "--dry-run=server")
                            .orThrow()
                            .stdout())
                    .isEqualTo("{" + expected + "}"));
    assertThat(
            create(
                    migration(
                        "v1alpha3",
                        "\"generateName\":\"kubevirt-evacuation-\"",
                        "{\"vmiName\":\"counter\",\"addedNodeSelector\":{\"disk\":\"fast\"}}"))
                .orThrow()
                .stdout())
        .isEqualTo("{" + expected + ",\"disk\":\"fast\"}");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(events("VirtualMachineInstanceMigration", "MigrationSteered"))
                    .singleElement()
                    .asString()
                    .startsWith("kubevirt-evacuation-")
                    .contains("one of 1 node(s)"));
    // Nobody here brings it to an end.
    assertThat(create(migration("v1", "\"name\":\"again\"", "{\"vmiName\":\"counter\"}")).stderr())
        .contains("VMI shop/counter is being migrated already, by migration kubevirt-evacuation-");
  }

  @Test
  @Order(3)
  void aMachineWithoutDevicePassesUntouched() {
    machine("plain", "src", "{}");
    CommandResult created =
        create(migration("v1", "\"name\":\"plain\"", "{\"vmiName\":\"plain\"}")).orThrow();
    assertThat(created.stdout()).isEmpty();
  }

  @Test
  @Order(4)
  void whatNobodyAcceptsIsRefusedAndNodesAreNamedOnlyToThoseWhoMaySeeThem() {
    machine("lost", "no", "{gpus: [{name: g, deviceName: sample.io/A}]}");
    String migration = migration("v1", "\"name\":\"lost\"", "{\"vmiName\":\"lost\"}");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(create(migration, "--dry-run=server").stderr())
                    .contains(
                        "no other node can take over the device of VMI shop/lost",
                        "2 Incompatible (Refused EINVAL): src, yes"));
    assertThat(refusalsOfLost()).as("only tried").isEmpty();
    assertThat(create(migration, "--as=" + NOBODY).stderr())
        .contains("2 Incompatible (Refused EINVAL)")
        .doesNotContain("src, yes");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(refusalsOfLost()).singleElement().asString().doesNotContain("src, yes"));
    assertThat(operator.migrations().orElseThrow().tally().of(What.REFUSED)).isPositive();
  }

  /** Other machines have theirs, such as one that was on its way already. */
  private List<String> refusalsOfLost() {
    return events("VirtualMachineInstance", "MigrationRefused").stream()
        .filter(refusal -> refusal.startsWith("lost: "))
        .toList();
  }

  @Test
  @Order(5)
  void noRequestFailsWhileTheCertificateIsReplaced() {
    Set<String> bundles = new TreeSet<>();
    Instant end = Instant.now().plus(Duration.ofSeconds(70));
    int created = 0;
    while (Instant.now().isBefore(end)) {
      try {
        client
            .genericKubernetesResources("kubevirt.io/v1", "VirtualMachineInstanceMigration")
            .inNamespace("shop")
            .resource(steered())
            .dryRun()
            .create();
        created++;
      } catch (KubernetesClientException e) {
        throw new AssertionError("after " + created + " requests and " + bundles.size(), e);
      }
      bundles.add(
          client
              .admissionRegistration()
              .v1()
              .mutatingWebhookConfigurations()
              .withName("review-test")
              .get()
              .getWebhooks()
              .get(0)
              .getClientConfig()
              .getCaBundle());
    }
    System.out.printf("%d requests, %d bundles%n", created, bundles.size());
    assertThat(bundles.size()).isGreaterThan(3);
  }

  @Test
  @Order(6)
  void whatComesPastTheWebhookIsCountedAndTold() {
    controlPlane.kubectl("delete", "mutatingwebhookconfiguration", "review-test").orThrow();
    create(migration("v1", "\"name\":\"past\"", "{\"vmiName\":\"till\"}")).orThrow();
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(events("VirtualMachineInstanceMigration", "MigrationNotSteered"))
                    .anySatisfy(event -> assertThat(event).startsWith("past: ")));
    assertThat(operator.migrations().orElseThrow().tally().of(What.MISSED)).isEqualTo(1);
    register();
  }

  private static GenericKubernetesResource steered() {
    GenericKubernetesResource migration = new GenericKubernetesResource();
    migration.setApiVersion("kubevirt.io/v1");
    migration.setKind("VirtualMachineInstanceMigration");
    migration.setMetadata(
        new io.fabric8.kubernetes.api.model.ObjectMetaBuilder()
            .withGenerateName("rotation-")
            .withNamespace("shop")
            .build());
    migration.setAdditionalProperty("spec", Map.of("vmiName", "till"));
    return migration;
  }

  @Test
  @Order(7)
  void anAbsentKubeVirtObjectIsDoubtAndATypeThatIsPermittedNoMoreIsWithdrawn() throws Exception {
    Set<String> before = ownObjects();
    controlPlane.kubectl("delete", "kubevirt", "kubevirt", "-n", "kubevirt").orThrow();
    Thread.sleep(Duration.ofSeconds(6).toMillis());
    assertThat(ownObjects()).isEqualTo(before);
    assertThat(isLabelled("yes")).isTrue();
    permit("A");
    Thread.sleep(Duration.ofSeconds(4).toMillis());
    assertThat(ownObjects()).isEqualTo(before);
    permit("B");
    await().atMost(SOON).until(() -> ownObjects().isEmpty());
    await().atMost(SOON).until(() -> !isLabelled("yes"));
  }
}
