package io.mdevmigration.e2e.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.e2e.trust.Deployment;
import io.mdevmigration.node.publish.DaemonOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What operator and daemons show at /metrics is what the API server has seen of them, under the
 * shipped roles and policies.
 */
class MetricsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String TYPE = "sample-A";
  private static final MdevClass A1 = new MdevClass(TYPE, "A-v1");
  private static final MdevClass A2 = new MdevClass(TYPE, "A-v2");
  private static final DaemonOptions OPTIONS =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500));

  @TempDir private Path directory;

  private final List<MeasuredNode> measured = new ArrayList<>();
  private final int operatorPort = Ports.free();
  private ControlPlane controlPlane;
  private KubernetesClient admin;
  private Deployment deployment;
  private Fleet fleet;
  private AuditLog.Mark begin;

  @BeforeEach
  void deploy() {
    controlPlane = ControlPlane.start();
    admin = controlPlane.client("metrics-test");
    CustomResources.install(controlPlane);
    deployment = Deployment.apply(controlPlane, admin);
    deployment.awaitInForce();
    fleet = Fleet.underPolicies(admin, node -> controlPlane.config("mdev-node/unused"), OPTIONS);
    begin = controlPlane.auditLog().mark();
  }

  @AfterEach
  void stop() {
    measured.forEach(MeasuredNode::close);
    admin.close();
    controlPlane.close();
  }

  @Test
  void theNumbersAreThoseThatTheApiServerHasSeenAndARestartWritesNothing() throws Exception {
    MeasuredNode older = node("gpu-older", "A-v1", "A-v1");
    MeasuredNode newer = node("gpu-newer", "A-v2", "A-v1", "A-v2");
    try (OperatorProcess operator = startOperator()) {
      ask();
      await().atMost(SOON).until(() -> labels() == 3);
      await().atMost(SOON).until(() -> operatorMetrics().sum("mdev_operator_labels") == 3);
      await().atMost(SOON).until(() -> operatorMetrics().sum("mdev_operator_leads") == 1);
      await().atMost(SOON).until(() -> operatorMetrics().sum("mdev_operator_answers_total") == 4);
      await().atMost(SOON).until(() -> trials("Begun") > 0 && trials("Begun") == trials("Ended"));
      Exposition shown = operatorMetrics();
      shown.assertGoodForPrometheus();
      assertThat(shown.sum("mdev_operator_labels_added_total")).isEqualTo(3);
      assertThat(shown.sum("mdev_operator_labels_removed_total")).isZero();
      assertThat(shown.sum("mdev_operator_questions_total")).isEqualTo(4);
      assertThat(shown.sum("mdev_operator_questions_open")).isZero();
      assertThat(shown.sum("mdev_operator_answers_total", Map.of("verdict", "Compatible")))
          .isEqualTo(3);
      assertThat(
              shown.sum(
                  "mdev_operator_answers_total",
                  Map.of("verdict", "Incompatible", "reason", "Refused")))
          .isEqualTo(1);
      assertThat(shown.sum("mdev_operator_answer_seconds_count")).isEqualTo(4);
      assertThat(shown.sum("mdev_operator_nodes_with_state")).isEqualTo(2);
      assertThat(shown.sum("mdev_operator_nodes_stale")).isZero();
      assertThat(shown.sum("mdev_operator_classes")).isEqualTo(2);
      assertThat(shown.sum("mdev_operator_api_writes_total", nodes("Done")))
          .isEqualTo(writes("mdev-operator", "nodes").list().size());
      assertTellsNoName(shown);
      assertThat(operator.isAlive()).isTrue();
    }
    assertThat(Files.readString(controlPlane.directory().resolve("operator.log")))
        .as("an orderly end is told to the end")
        .contains("OperatorMain - stopped");
    assertDaemonsCount(older, newer);
    restartedOperatorWritesNothing();
  }

  private void assertDaemonsCount(MeasuredNode... nodes) throws Exception {
    double asked = 0;
    double done = 0;
    for (MeasuredNode node : nodes) {
      Exposition shown = node.metrics();
      shown.assertGoodForPrometheus();
      assertTellsNoName(shown);
      assertThat(shown.sum("mdev_node_writes_total")).isEqualTo(node.kernel().totalWrites());
      assertThat(shown.sum("mdev_node_ready")).isEqualTo(1);
      assertThat(shown.sum("mdev_node_ready_reason", Map.of("reason", "Ready"))).isEqualTo(1);
      assertThat(shown.sum("mdev_node_ready_reason")).isEqualTo(1);
      assertThat(shown.sum("mdev_node_last_publication_timestamp_seconds"))
          .isBetween(now() - 120, now());
      assertThat(shown.sum("mdev_node_scan_seconds_count")).isPositive();
      assertThat(shown.sum("mdev_node_publications_total"))
          .isEqualTo(shown.sum("mdev_node_status_writes_total", Map.of("outcome", "Done")));
      asked += shown.sum("mdev_node_questions_total");
      done += shown.sum("mdev_node_status_writes_total", Map.of("outcome", "Done"));
    }
    assertThat(asked).isEqualTo(4);
    assertThat(done)
        .isEqualTo(
            writes("mdev-node", "mdevnodestates")
                .where(entry -> entry.subresource().equals("status") && entry.code() == 200)
                .list()
                .size());
  }

  private void restartedOperatorWritesNothing() throws Exception {
    try (OperatorProcess operator = startOperator()) {
      await().atMost(SOON).until(() -> operatorMetricsIfThere("mdev_operator_leads") == 1);
      await().atMost(SOON).until(() -> operatorMetrics().sum("mdev_operator_labels") == 3);
      Thread.sleep(3000);
      Exposition shown = operatorMetrics();
      for (String resource : List.of("nodes", "mdevnodestates", "migrationcompatibilities")) {
        assertThat(shown.sum("mdev_operator_api_writes_total", Map.of("resource", resource)))
            .as(resource)
            .isZero();
      }
      assertThat(shown.sum("mdev_operator_api_writes_total", Map.of("resource", "leases")))
          .isPositive();
      assertThat(shown.sum("mdev_operator_labels_added_total")).isZero();
      assertThat(shown.sum("mdev_operator_questions_total")).isZero();
      assertThat(shown.sum("mdev_operator_answers_total")).isZero();
      assertThat(operator.isAlive()).isTrue();
    }
  }

  @Test
  void theShippedDaemonShowsThatItsSysfsIsNoneAndTellsNoName() throws Exception {
    fleet.addWithoutDaemon("gpu-shipped", SimulatedKernel.with(), Map.of());
    int port = Ports.free();
    OwnedProcess daemon =
        OwnedProcess.start(
            "mdev-node",
            List.of(
                Project.program("node-daemon/target/mdev-node/bin/mdev-node").toString(),
                "daemon",
                "--node-name",
                "gpu-shipped",
                "--sysfs",
                directory.toString(),
                "--http-port",
                Integer.toString(port)),
            Map.of(
                "KUBECONFIG",
                kubeconfig("daemon.kubeconfig", deployment.daemonToken("gpu-shipped")).toString()),
            directory.resolve("daemon.log"));
    try {
      await()
          .atMost(SOON)
          .until(
              () ->
                  admin.resources(MdevNodeState.class).withName("gpu-shipped").get() != null
                      && Exposition.scrape(port).sum("mdev_node_publications_total") > 0);
      Exposition shown = Exposition.scrape(port);
      shown.assertGoodForPrometheus();
      assertThat(shown.sum("mdev_node_ready_reason", Map.of("reason", "InventoryIncomplete")))
          .isEqualTo(1);
      assertThat(shown.sum("mdev_node_ready")).isZero();
      assertThat(shown.sum("mdev_node_inventory_complete")).isZero();
      assertTellsNoName(shown);
    } finally {
      daemon.kill();
    }
  }

  /** The values of labels apart, names of metrics may have any word in them. */
  private static void assertTellsNoName(Exposition shown) {
    assertThat(shown.samples())
        .flatExtracting(sample -> sample.labels().values())
        .allSatisfy(
            value ->
                assertThat(value)
                    .doesNotContain("gpu-", "sample", "A-v", "0000:", "fleet")
                    .doesNotContain(A1.digest(), A2.digest()));
  }

  private MeasuredNode node(String name, String own, String... accepted) throws IOException {
    SimulatedKernel kernel =
        SimulatedKernel.with(
            SimulatedDriver.named("sample")
                .version("1." + own)
                .parents(1)
                .type(TYPE, type -> type.version(own).accepts(accepted)));
    fleet.addWithoutDaemon(name, kernel, Map.of());
    MeasuredNode made = MeasuredNode.start(deployment, name, kernel, OPTIONS);
    measured.add(made);
    return made;
  }

  private OperatorProcess startOperator() throws IOException {
    return OperatorProcess.start(
        Map.of(
            "KUBECONFIG",
            kubeconfig("operator.kubeconfig", deployment.operatorToken("none")).toString()),
        controlPlane.directory().resolve("operator.log"),
        "--lease-namespace=" + Deployment.NAMESPACE,
        "--http-port=" + operatorPort,
        "--http-address=127.0.0.1");
  }

  private Path kubeconfig(String name, String token) throws IOException {
    String admins = Files.readString(controlPlane.kubeconfig());
    String adminToken = controlPlane.config("metrics-test").getOauthToken();
    return Files.writeString(
        controlPlane.directory().resolve(name), admins.replace(adminToken, token));
  }

  private void ask() {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName("whole-fleet").build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            TYPE, new Source(null, new LabelSelector(), null), null, true, List.of()));
    admin.resource(object).create();
  }

  private Exposition operatorMetrics() throws IOException, InterruptedException {
    return Exposition.scrape(operatorPort);
  }

  private double trials(String event) throws IOException, InterruptedException {
    return operatorMetrics().sum("mdev_operator_trial_events_total", Map.of("event", event));
  }

  private double operatorMetricsIfThere(String name) throws InterruptedException {
    try {
      return operatorMetrics().sum(name);
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private long labels() {
    return admin.nodes().list().getItems().stream()
        .flatMap(node -> node.getMetadata().getLabels().keySet().stream())
        .filter(MdevClass::isOwnLabel)
        .count();
  }

  private AuditEntries writes(String product, String resource) {
    return controlPlane
        .auditLog()
        .since(begin)
        .writes()
        .where(entry -> entry.isBy(product) && entry.resource().equals(resource));
  }

  private static Map<String, String> nodes(String outcome) {
    return Map.of("resource", "nodes", "outcome", outcome);
  }

  private static double now() {
    return System.currentTimeMillis() / 1000.0 + 1;
  }
}
