package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.metrics.MeasuredNode;
import io.mdevmigration.e2e.metrics.Prometheus;
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
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart's dashboard and rules in Prometheus itself, which scrapes an operator that reviews
 * migrations and the daemons of three nodes.
 */
@Timeout(300)
class DashboardIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Path CHART = Project.root().resolve("charts/mdev-migration/files");
  private static final String OPERATOR = "operator-0";

  /** A simulated kernel announces nothing to them. */
  private static final DaemonOptions DAEMON =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500));

  @TempDir private Path folder;

  private final int operatorPort = Ports.free();
  private final List<Prometheus.Target> targets = new ArrayList<>();
  private final List<MeasuredNode> nodes = new ArrayList<>();
  private ControlPlane controlPlane;
  private KubernetesClient admin;
  private Deployment deployment;
  private OperatorProcess operator;
  private SimulatedKernel changing;

  @BeforeEach
  void deploy() throws IOException {
    controlPlane =
        ControlPlane.start(
            // There is no kube-proxy: the API server finds a Service's endpoints by itself.
            new Options().apiServerArguments("--enable-aggregator-routing=true"));
    admin = controlPlane.client("dashboard-test");
    CustomResources.install(controlPlane);
    Manifests.install().applyResources(controlPlane);
    deployment = Deployment.apply(controlPlane, admin);
    controlPlane.kubectl("apply", "-f", Deployment.folder() + "/kubevirt/").orThrow();
    deployment.awaitInForce();
    try (Fleet fleet =
        Fleet.underPolicies(admin, node -> controlPlane.config("unused"), DaemonOptions.DEFAULTS)) {
      start(fleet, "src", "A-v1", "A-v1");
      changing = start(fleet, "yes", "A-v2", "A-v1", "A-v2");
      start(fleet, "no", "A-v3", "A-v3");
    }
    Shop.open(controlPlane);
    apply(Shop.machine("till", "src") + Shop.machine("lost", "no"));
    startOperator();
  }

  @AfterEach
  void stop() {
    operator.kill();
    nodes.forEach(MeasuredNode::close);
    admin.close();
    controlPlane.close();
  }

  @Test
  void everyPanelShowsSomethingAndEveryRuleIsUnderstood() throws Exception {
    Path rules = CHART.resolve("rules.yaml");
    try (Prometheus prometheus = Prometheus.start(folder, rules, Deployment.NAMESPACE, targets)) {
      await().atMost(SOON).until(prometheus::isReady);
      await().atMost(SOON).until(() -> prometheus.query("up == 1").size() == targets.size());
      await().atMost(SOON).until(() -> migrate("till").isEmpty());
      await().atMost(SOON).until(() -> migrate("lost").contains("no other node can take over"));

      assertThat(prometheus.labelValues("mdev_operator_build_info", "namespace"))
          .as("what the dashboard's variable can be")
          .hasToString("[\"mdev-migration\"]");
      AtomicInteger looks = new AtomicInteger();
      Map<String, String> empty = new TreeMap<>();
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofSeconds(2))
          .untilAsserted(
              () -> {
                // A rate shows what has happened since the first scrape, and only a version that
                // nobody had asks a new question. Each has the time to be tried.
                if (looks.getAndIncrement() % 8 == 0) {
                  String another = "A-w" + looks;
                  changing.reload(driver(another, "A-v1", another));
                }
                migrate("till");
                empty.clear();
                for (String expression : expressions()) {
                  JsonNode result = prometheus.query(expression);
                  if (!showsSomething(result)) {
                    empty.put(expression, result.toString());
                  }
                }
                assertThat(empty).isEmpty();
              });

      long written = Files.readString(rules).lines().filter(DashboardIT::isRule).count();
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                assertThat(prometheus.rules()).hasSize((int) written);
                assertThat(prometheus.rules())
                    .allSatisfy(
                        rule ->
                            assertThat(rule.get("health").asText()).as("%s", rule).isEqualTo("ok"));
              });
      assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isEmpty();
    }
  }

  private static boolean isRule(String line) {
    return line.strip().startsWith("- alert:") || line.strip().startsWith("- record:");
  }

  /** Whether there is a number to draw. */
  private static boolean showsSomething(JsonNode result) {
    for (JsonNode sample : result) {
      if (!sample.at("/value/1").asText().equals("NaN")) {
        return true;
      }
    }
    return false;
  }

  /** What the panels ask, with Grafana's variables filled in. */
  private static List<String> expressions() throws IOException {
    List<String> expressions =
        new ObjectMapper()
            .readTree(CHART.resolve("dashboard.json").toFile()).findValues("expr").stream()
                .map(JsonNode::asText)
                .map(text -> text.replace("$namespace", Deployment.NAMESPACE))
                .map(text -> text.replace("$__rate_interval", "1m"))
                .toList();
    assertThat(expressions).hasSizeGreaterThan(30).noneMatch(text -> text.contains("$"));
    return expressions;
  }

  private SimulatedKernel start(Fleet fleet, String name, String own, String... accepted)
      throws IOException {
    SimulatedKernel kernel = SimulatedKernel.with(driver(own, accepted));
    fleet.addWithoutDaemon(name, kernel, Map.of());
    MeasuredNode node = MeasuredNode.start(deployment, name, kernel, DAEMON);
    nodes.add(node);
    targets.add(new Prometheus.Target(node.number(), "node-" + name, name));
    return kernel;
  }

  private static SimulatedDriver driver(String own, String... accepted) {
    return SimulatedDriver.named("sample")
        .version("of-" + own)
        .type("sample-A", type -> type.version(own).accepts(accepted));
  }

  /** What is said against a migration of the machine; it is only tried. */
  private String migrate(String machine) {
    return controlPlane
        .kubectlWithInput(
            """
            apiVersion: kubevirt.io/v1
            kind: VirtualMachineInstanceMigration
            metadata: {generateName: try-, namespace: shop}
            spec: {vmiName: %s}
            """
                .formatted(machine),
            "create",
            "--dry-run=server",
            "-f",
            "-")
        .stderr();
  }

  private void apply(String yaml) {
    controlPlane.kubectlWithInput(yaml, "apply", "-f", "-").orThrow();
  }

  private void startOperator() throws IOException {
    int webhook = Ports.free();
    Path kubeconfig = controlPlane.directory().resolve("operator.kubeconfig");
    String adminToken = controlPlane.config("dashboard-test").getOauthToken();
    Files.writeString(
        kubeconfig,
        Files.readString(controlPlane.kubeconfig())
            .replace(adminToken, deployment.operatorToken(OPERATOR)));
    operator =
        OperatorProcess.start(
            Map.of("KUBECONFIG", kubeconfig.toString(), "HOSTNAME", OPERATOR),
            controlPlane.directory().resolve("operator.log"),
            "--lease-namespace=" + Deployment.NAMESPACE,
            "--webhook-namespace=" + Deployment.NAMESPACE,
            "--webhook-port=" + webhook,
            "--kubevirt-mode=Steer",
            "--http-port=" + operatorPort,
            "--http-address=127.0.0.1");
    targets.add(new Prometheus.Target(operatorPort, OPERATOR, "src"));
    apply(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: operator
          namespace: mdev-migration
          labels: {kubernetes.io/service-name: mdev-operator-webhook}
        addressType: IPv4
        ports: [{name: webhook, port: %d}]
        endpoints: [{addresses: ["%s"]}]
        """
            .formatted(webhook, Ports.ownAddress()));
  }
}
