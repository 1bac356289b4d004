package io.mdevmigration.e2e.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The main job under the shipped roles and policies: the operator as it is shipped and a daemon per
 * node, each with a token of its ServiceAccount. A permission that is missing fails it.
 */
class ShippedRolesIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String DAEMON_USER = "system:serviceaccount:mdev-migration:mdev-node";
  private static final String OPERATOR_USER = "system:serviceaccount:mdev-migration:mdev-operator";
  private static final Path OWN_POLICY = Deployment.folder().resolve("policy-node-daemon.yaml");
  private static final MdevClass A1 = new MdevClass("sample-A", "A-v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "A-v2");

  private ControlPlane controlPlane;
  private KubernetesClient admin;
  private Deployment deployment;
  private AuditLog.Mark begin;
  private Fleet fleet;

  @BeforeEach
  void deploy() {
    controlPlane = ControlPlane.start();
    admin = controlPlane.client("roles-test");
    CustomResources.install(controlPlane);
    deployment = Deployment.apply(controlPlane, admin);
    deployment.awaitInForce();
    begin = controlPlane.auditLog().mark();
    fleet =
        Fleet.underPolicies(
            admin,
            node -> deployment.config(deployment.daemonToken(node), "mdev-node/test"),
            DaemonOptions.DEFAULTS
                .withRescan(Duration.ofMillis(500))
                .withRelist(Duration.ofSeconds(1)));
  }

  @AfterEach
  void stop() {
    fleet.close();
    admin.close();
    controlPlane.close();
  }

  @Test
  void theShippedRolesAreEnoughForAllThatOperatorAndDaemonsDo() {
    fleet.add("old", kernel("A-v1", "A-v1"));
    fleet.add("new", kernel("A-v2", "A-v1", "A-v2"));
    try (OperatorProcess operator = startOperator()) {
      ask();
      awaitLabels("old", A1);
      awaitLabels("new", A1, A2);
      // One for each node at least; two labels of one patch are told together.
      await().atMost(SOON).until(() -> events("LabelAdded") >= 2);
      // The event of a label that comes back is the same one, counted up.
      controlPlane.kubectl("label", "node", "old", A1.labelKey() + "-").orThrow();
      awaitLabels("old", A1);
      await().atMost(SOON).until(this::someEventIsCountedUp);
      assertThat(operator.isAlive()).isTrue();
    }
    await().atMost(SOON).until(() -> leaseHolder().isEmpty());
    try (OperatorProcess next = startOperator()) {
      await().atMost(SOON).until(() -> !leaseHolder().isEmpty());
      fleet.node("new").reboot(driver("A-v1", "A-v1"));
      awaitLabels("new", A1);
      admin.resources(MdevNodeState.class).withName("old").delete();
      await().atMost(SOON).until(() -> fleet.node("old").state().isPresent());
      awaitLabels("old", A1);
      assertThat(next.isAlive()).isTrue();
    }
    AuditEntries refused =
        requestsOfOurs().where(entry -> entry.code() >= 401 && entry.code() <= 403);
    assertThat(refused.where(entry -> !isTrial(entry)).list()).isEmpty();
    assertThat(refused.list()).as("the daemons tried the policy").isNotEmpty();
    assertThat(users()).containsExactlyInAnyOrder(DAEMON_USER, OPERATOR_USER);
  }

  @Test
  void aDaemonAsksNothingNewFromWhenItsPolicyIsGoneUntilItIsBack() {
    SimulatedNode node = fleet.add("one", kernel("A-v1", "A-v1", "A-v3"));
    await().atMost(SOON).until(() -> readyReason(node).equals("Ready"));
    controlPlane.kubectl("delete", "-f", OWN_POLICY.toString()).orThrow();
    await().atMost(SOON).until(() -> readyReason(node).equals("PoliciesNotInForce"));
    controlPlane
        .kubectl(
            "patch",
            "mdevnodestate",
            "one",
            "--type=merge",
            "-p={\"spec\":{\"checks\":[{\"type\":\"sample-A\",\"version\":\"A-v3\"}]}}")
        .orThrow();
    await().atMost(SOON).until(() -> reasons(node).equals(List.of("PoliciesNotInForce")));
    assertThat(node.kernel().totalWrites()).isZero();
    controlPlane.kubectl("apply", "-f", OWN_POLICY.toString()).orThrow();
    await().atMost(SOON).until(() -> reasons(node).equals(List.of("Accepted")));
    assertThat(readyReason(node)).isEqualTo("Ready");
    assertThat(node.kernel().totalWrites()).isEqualTo(1);
  }

  private OperatorProcess startOperator() {
    Path kubeconfig = deployment.kubeconfig("operator-pod", deployment.operatorToken("old"));
    return OperatorProcess.start(
        Map.of("KUBECONFIG", kubeconfig.toString()),
        controlPlane.directory().resolve("operator.log"),
        "--lease-namespace=" + Deployment.NAMESPACE);
  }

  private void ask() {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName("fleet").build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            "sample-A", new Source(null, new LabelSelector(), null), null, true, List.of()));
    admin.resource(object).create();
  }

  private void awaitLabels(String node, MdevClass... classes) {
    Set<String> expected = Stream.of(classes).map(MdevClass::labelKey).collect(Collectors.toSet());
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(
                        admin
                            .nodes()
                            .withName(node)
                            .get()
                            .getMetadata()
                            .getLabels()
                            .keySet()
                            .stream()
                            .filter(MdevClass::isOwnLabel))
                    .as(node)
                    .containsExactlyInAnyOrderElementsOf(expected));
  }

  private long events(String reason) {
    return admin.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> reason.equals(event.getReason()))
        .count();
  }

  private boolean someEventIsCountedUp() {
    return admin.v1().events().inNamespace("default").list().getItems().stream()
        .anyMatch(event -> event.getCount() != null && event.getCount() > 1);
  }

  private String leaseHolder() {
    String holder =
        admin
            .leases()
            .inNamespace(Deployment.NAMESPACE)
            .withName("mdev-operator")
            .get()
            .getSpec()
            .getHolderIdentity();
    return holder == null ? "" : holder;
  }

  private AuditEntries requestsOfOurs() {
    Predicate<AuditEntry> ours =
        entry -> entry.user().equals(DAEMON_USER) || entry.user().equals(OPERATOR_USER);
    return controlPlane.auditLog().since(begin).where(ours);
  }

  private Set<String> users() {
    return requestsOfOurs().list().stream().map(AuditEntry::user).collect(Collectors.toSet());
  }

  /** Whether a daemon asked to be refused. */
  private static boolean isTrial(AuditEntry entry) {
    return entry.user().equals(DAEMON_USER)
        && entry.verb().equals("create")
        && entry.uri().contains("dryRun=All");
  }

  private static String readyReason(SimulatedNode node) {
    return node.state()
        .map(MdevNodeState::getStatus)
        .map(status -> status.conditions().get(0).getReason())
        .orElse("");
  }

  private static List<String> reasons(SimulatedNode node) {
    return node.state().orElseThrow().getStatus().answers().stream().map(Answer::reason).toList();
  }

  private static SimulatedKernel kernel(String own, String... accepted) {
    return SimulatedKernel.with(driver(own, accepted));
  }

  private static SimulatedDriver driver(String own, String... accepted) {
    return SimulatedDriver.named("sample")
        .version("1." + own)
        .parents(1)
        .type("sample-A", type -> type.version(own).accepts(accepted));
  }
}
