package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.Release;
import com.marcnuri.helm.UpgradeCommand;
import io.fabric8.kubernetes.api.model.Pod;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.Binaries;
import io.mdevmigration.e2e.controlplane.CommandResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart in a cluster, in a namespace of another name than usual. */
class InstallIT {
  private static final String NAMESPACE = "gpu-things";
  private static final String RELEASE = "migration";
  private static final int SECONDS = 120;

  private static PlayedCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new PlayedCluster();
    kubectl("create", "namespace", NAMESPACE);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void uninstall() {
    Helm.uninstall(RELEASE)
        .ignoreNotFound()
        .withNamespace(NAMESPACE)
        .withKubeConfig(cluster.kubeconfig())
        .call();
    kubectl("delete", "crd", "-l", "app.kubernetes.io/part-of=mdev-migration", "--wait=true");
    await()
        .atMost(Duration.ofSeconds(SECONDS))
        .until(() -> pods("mdev-node").isEmpty() && pods("mdev-operator").isEmpty());
  }

  @Test
  void anUpgradeBringsNewResourcesAndPodsAndLeavesLabelsAndCertificateAlone(@TempDir Path folder)
      throws Exception {
    install(previous(folder));
    assertThat(nodesOf("mdev-node")).containsExactlyInAnyOrder("gpu-a", "gpu-b");
    assertThat(nodesOf("mdev-operator")).doesNotHaveDuplicates().hasSize(2);
    String former = shortName();
    assertThat(former).isEqualTo("mcold");
    whatIsThere();

    upgrade(Chart.SHIPPED).waitReady().call();

    assertThat(shortName()).isEqualTo("mcompat");
    // Helm waits for the new ones, not for the last of the former to go.
    await()
        .atMost(Duration.ofSeconds(SECONDS))
        .untilAsserted(
            () ->
                assertThat(pods("mdev-operator"))
                    .allMatch(
                        pod ->
                            !pod.getSpec().getContainers().get(0).getImage().endsWith(":0.0.9")));
    assertWhatWasThereStays();
  }

  /** The library has no such command: this is Helm's own program, of the same version. */
  @Test
  void aRollbackBringsTheFormerPodsAndResourcesAndLeavesLabelsAndCertificateAlone(
      @TempDir Path folder) throws Exception {
    install(previous(folder));
    whatIsThere();
    upgrade(Chart.SHIPPED).waitReady().call();
    assertThat(shortName()).isEqualTo("mcompat");

    rollback("1");

    assertThat(shortName()).isEqualTo("mcold");
    assertThat(pods("mdev-operator")).isNotEmpty();
    assertThat(get("deployment/mdev-operator", "{.spec.template.spec.containers[0].image}"))
        .endsWith(":0.0.9");
    assertThat(kubectl("-n", NAMESPACE, "get", "networkpolicies", "-o", "name")).isEmpty();
    assertWhatWasThereStays();

    rollback("2");

    assertThat(shortName()).isEqualTo("mcompat");
    assertWhatWasThereStays();
  }

  private static void rollback(String revision) throws Exception {
    Path helm =
        Binaries.install(Project.root().resolve("e2e/helm/install"), List.of()).program("helm");
    Process process =
        new ProcessBuilder(
                helm.toString(),
                "rollback",
                RELEASE,
                revision,
                "--namespace=" + NAMESPACE,
                "--kubeconfig=" + cluster.kubeconfig(),
                "--wait",
                "--timeout=%ds".formatted(SECONDS))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void anUpgradeThatDoesNotGetReadyIsRolledBack() {
    install(Chart.SHIPPED);
    whatIsThere();
    assertThatThrownBy(
            () ->
                upgrade(Chart.SHIPPED)
                    .set("operator.nodeSelector.nowhere", "yes")
                    .set("operator.relist", "5m")
                    .withTimeout(15)
                    .atomic()
                    .call())
        .hasMessageContaining("rolled back");

    assertThat(
            Helm.history(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeConfig(cluster.kubeconfig())
                .call())
        .hasSize(3);
    String operator = get("deployment/mdev-operator", "{.spec.template.spec}");
    assertThat(operator).contains("--relist=10m").doesNotContain("nowhere");
    kubectl("-n", NAMESPACE, "rollout", "status", "deployment/mdev-operator", "--timeout=60s");
    assertWhatWasThereStays();
  }

  @Test
  void whatIsUninstalledLeavesResourcesAndLabelsAndIsInstalledAgainOverThem() {
    install(Chart.SHIPPED);
    whatIsThere();
    Helm.uninstall(RELEASE).withNamespace(NAMESPACE).withKubeConfig(cluster.kubeconfig()).call();
    assertThat(
            kubectl(
                "get",
                "clusterroles,clusterrolebindings,validatingadmissionpolicies,"
                    + "validatingadmissionpolicybindings,mutatingwebhookconfigurations,"
                    + "flowschemas,prioritylevelconfigurations,priorityclasses",
                "-l",
                "app.kubernetes.io/part-of=mdev-migration",
                "-o",
                "name"))
        .isEmpty();
    assertLabelsAndStatesStay();
    install(Chart.SHIPPED);
    assertLabelsAndStatesStay();
  }

  @Test
  void aSecondReleaseInTheSameClusterIsRefusedWithoutHarmToTheFirst() {
    install(Chart.SHIPPED);
    kubectl("create", "namespace", "second");
    assertThatThrownBy(
            () ->
                new Helm(Chart.SHIPPED.folder())
                    .install()
                    .withName("other")
                    .withNamespace("second")
                    .withKubeConfig(cluster.kubeconfig())
                    .call())
        .hasMessageContaining("invalid ownership metadata");
    assertThat(nodesOf("mdev-node")).containsExactlyInAnyOrder("gpu-a", "gpu-b");
  }

  @Test
  void asAPartOfAnotherChartItRollsOut(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("Chart.yaml"),
        """
        apiVersion: v2
        name: platform
        version: 1.0.0
        dependencies:
        - {name: mdev-migration, version: ">=0.0.0"}
        """);
    Files.createDirectories(folder.resolve("charts"));
    Chart.SHIPPED.copyTo(folder.resolve("charts/mdev-migration"));
    install(new Chart(folder));
    assertThat(nodesOf("mdev-node")).containsExactlyInAnyOrder("gpu-a", "gpu-b");
    assertThat(nodesOf("mdev-operator")).hasSize(2);
  }

  @Test
  void aDaemonInAnyNamespaceWritesItsOwnNodesObjectAlone() {
    install(Chart.SHIPPED);
    Pod daemon =
        pods("mdev-node").stream()
            .filter(pod -> pod.getSpec().getNodeName().equals("gpu-a"))
            .findFirst()
            .orElseThrow();
    String token =
        kubectl(
            "-n",
            NAMESPACE,
            "create",
            "token",
            "mdev-node",
            "--bound-object-kind=Pod",
            "--bound-object-name=" + daemon.getMetadata().getName());
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(create(token, "gpu-b").stderr())
                    .contains("may not write the MdevNodeState of another node"));
    assertThat(create(token, "gpu-a").stderr()).isEmpty();
  }

  @Test
  void helmTestReadsAnInventoryOnANodeThatHasADaemon() {
    install(Chart.SHIPPED);
    CompletableFuture<Release> test =
        CompletableFuture.supplyAsync(
            () ->
                Helm.test(RELEASE)
                    .withNamespace(NAMESPACE)
                    .withKubeConfig(cluster.kubeconfig())
                    .withTimeout(SECONDS)
                    .call());
    var pod = cluster.client().pods().inNamespace(NAMESPACE).withName("mdev-migration-test");
    await()
        .atMost(Duration.ofSeconds(SECONDS))
        .until(() -> pod.get() != null && "Running".equals(pod.get().getStatus().getPhase()));
    assertThat(pod.get().getSpec().getNodeName()).isIn("gpu-a", "gpu-b");
    // No program runs, so it does not end by itself.
    kubectl(
        "-n",
        NAMESPACE,
        "patch",
        "pod",
        "mdev-migration-test",
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":{\"phase\":\"Succeeded\"}}");
    assertThat(test.join().getStatus()).isEqualTo("deployed");
  }

  /** The chart as an earlier version of it might have been. */
  private static Chart previous(Path folder) throws IOException {
    Chart chart = Chart.SHIPPED.copyTo(folder.resolve("previous"));
    Path about = chart.folder().resolve("Chart.yaml");
    Files.writeString(
        about,
        Files.readString(about)
            .replaceAll("(?m)^version: .*$", "version: 0.0.9")
            .replaceAll("(?m)^appVersion: .*$", "appVersion: \"0.0.9\""));
    Path crd = chart.folder().resolve("files/crds/migrationcompatibilities.mdevmigration.io.yaml");
    Files.writeString(crd, Files.readString(crd).replace("- mcompat\n", "- mcold\n"));
    Files.delete(chart.folder().resolve("templates/network.yaml"));
    return chart;
  }

  private static void install(Chart chart) {
    InstallCommand install =
        new Helm(chart.folder())
            .install()
            .withName(RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeConfig(cluster.kubeconfig())
            .withTimeout(SECONDS)
            .waitReady();
    assertThat(install.call().getStatus()).isEqualTo("deployed");
    kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all");
  }

  private static UpgradeCommand upgrade(Chart chart) {
    return new Helm(chart.folder())
        .upgrade()
        .withName(RELEASE)
        .withNamespace(NAMESPACE)
        .withKubeConfig(cluster.kubeconfig())
        .withTimeout(SECONDS);
  }

  /** What daemons, operator and people leave in a cluster. */
  private static void whatIsThere() {
    cluster.populate();
    kubectl(
        "-n",
        NAMESPACE,
        "patch",
        "secret",
        "mdev-operator-webhook",
        "-p",
        "{\"data\":{\"tls.crt\":\"b25l\"}}");
    kubectl(
        "patch",
        "mutatingwebhookconfiguration",
        "mdev-migration",
        "--type=json",
        "-p",
        "[{\"op\":\"add\",\"path\":\"/webhooks/0/clientConfig/caBundle\",\"value\":\"%s\"}]"
            .formatted(bundle()));
  }

  private static void assertWhatWasThereStays() {
    assertLabelsAndStatesStay();
    assertThat(get("secret/mdev-operator-webhook", "{.data}")).isEqualTo("{\"tls.crt\":\"b25l\"}");
    assertThat(
            get(
                "mutatingwebhookconfiguration/mdev-migration",
                "{.webhooks[0].clientConfig.caBundle}"))
        .isEqualTo(bundle());
  }

  /** A certificate, as an operator would have put its own there. */
  private static String bundle() {
    try {
      return Base64.getEncoder().encodeToString(Files.readAllBytes(cluster.certificate()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertLabelsAndStatesStay() {
    assertThat(cluster.client().nodes().withName("gpu-a").get().getMetadata().getLabels())
        .containsEntry(PlayedCluster.LABEL, "true");
    assertThat(kubectl("get", "mdevnodestates,migrationcompatibilities", "-o", "name"))
        .contains("mdevnodestate.mdevmigration.io/gpu-a")
        .contains("migrationcompatibility.mdevmigration.io/fleet");
  }

  private static CommandResult create(String token, String node) {
    return cluster.kubectlWithInput(
        """
        apiVersion: mdevmigration.io/v1alpha1
        kind: MdevNodeState
        metadata:
          name: %1$s
          ownerReferences:
          - {apiVersion: v1, kind: Node, name: %1$s, uid: none}
        """
            .formatted(node),
        "--token=" + token,
        "create",
        "--dry-run=server",
        "-f",
        "-");
  }

  private static List<Pod> pods(String name) {
    return cluster.pods(NAMESPACE, name);
  }

  private static List<String> nodesOf(String name) {
    return cluster.nodesOf(NAMESPACE, name);
  }

  private static String shortName() {
    return kubectl(
        "get",
        "crd",
        "migrationcompatibilities.mdevmigration.io",
        "-o",
        "jsonpath={.spec.names.shortNames[0]}");
  }

  private static String get(String object, String path) {
    return kubectl("-n", NAMESPACE, "get", object, "-o", "jsonpath=" + path);
  }

  private static String kubectl(String... arguments) {
    return cluster.kubectl(arguments);
  }
}
