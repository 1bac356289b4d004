package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.UpgradeCommand;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.realkernel.KubeletNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The chart and the images that images/build makes, on nodes that are real: a kernel with an mdev
 * driver, AppArmor, containerd and a kubelet, in guests that are emulated. One installation, which
 * the tests look at and upgrade in their order.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealKernelInstallIT {
  private static final String NAMESPACE = "mdev-migration";
  private static final String RELEASE = "mdev-migration";
  private static final String TYPE = "sample-A";

  /** Emulated processors start a JVM in their own time. */
  private static final int SECONDS = 900;

  /** The version that each node's driver has, and the only one that it accepts. */
  private static final Map<String, String> VERSIONS = Map.of("gpu-a", "A-v1", "gpu-b", "A-v2");

  private final Map<String, KubeletNode> nodes = new TreeMap<>();
  private boolean installed;
  private ControlPlane controlPlane;
  private KubernetesClient client;

  @BeforeAll
  void install() throws Exception {
    Path images = Path.of("target", "images").toAbsolutePath();
    build(images);
    Options options = new Options().scheduler().controllerManager();
    VERSIONS.keySet().forEach(node -> options.user(KubeletNode.user(node), KubeletNode.GROUP));
    controlPlane = ControlPlane.start(options);
    client = controlPlane.client("real-install-test");
    Path guests = Files.createDirectories(Path.of("target", "real-install").toAbsolutePath());
    VERSIONS.forEach(
        (node, version) ->
            nodes.put(
                node,
                KubeletNode.boot(
                    node,
                    guests.resolve(node),
                    List.of("parents=2", "types=A", "rules=version:*/A=" + version))));
    List<CompletableFuture<Void>> joining =
        nodes.values().stream()
            .map(
                node ->
                    CompletableFuture.runAsync(
                        () -> {
                          node.join(controlPlane);
                          node.load(images.resolve("mdev-node-amd64.tar"));
                          node.load(images.resolve("mdev-operator-amd64.tar"));
                        }))
            .toList();
    joining.forEach(CompletableFuture::join);
    kubectl("label", "nodes", "--all", "kubevirt.io/schedulable=true");
    kubectl("create", "namespace", NAMESPACE);
    kubectl("label", "ns", NAMESPACE, "pod-security.kubernetes.io/enforce=privileged");
    assertThat(
            new Helm(Chart.SHIPPED.folder())
                .install()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeConfig(controlPlane.kubeconfig())
                .withTimeout(SECONDS)
                .waitReady()
                .call()
                .getStatus())
        .isEqualTo("deployed");
    installed = true;
  }

  private static void build(Path images) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Project.program("images/build").toString(),
                "--built",
                "--arch",
                "amd64",
                "--output",
                images.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).as("images/build").isZero();
  }

  /** Emulated processors are slow, and a program may end for that: then it is told why it did. */
  @AfterEach
  void tellRestarts() {
    for (Pod pod :
        Stream.of("mdev-operator", "mdev-node").flatMap(n -> pods(n).stream()).toList()) {
      String name = pod.getMetadata().getName();
      for (ContainerStatus container : pod.getStatus().getContainerStatuses()) {
        int restarts = container.getRestartCount();
        if (restarts > 0) {
          String node = pod.getSpec().getNodeName();
          System.out.printf(
              "%s on %s was restarted %d time(s); it last ended like this:%n%s%n",
              name, node, restarts, lastLines(node, name, restarts - 1));
        }
      }
    }
  }

  private String lastLines(String node, String pod, int start) {
    try {
      return nodes
          .get(node)
          .guest()
          .run(
              "tail -n 5 /var/log/pods/%s_%s_*/*/%d.log 2>&1 || true"
                  .formatted(NAMESPACE, pod, start));
    } catch (RuntimeException e) {
      return "not known: " + e;
    }
  }

  @AfterAll
  void stop() {
    if (!installed && client != null) {
      tellRestarts();
    }
    nodes.values().forEach(KubeletNode::close);
    if (client != null) {
      client.close();
    }
    if (controlPlane != null) {
      controlPlane.close();
    }
  }

  @Test
  @Order(1)
  void aDaemonRunsOnEachNodeAndTheMainJobEndsWithTheLabels() {
    assertThat(pods("mdev-node"))
        .extracting(pod -> pod.getSpec().getNodeName())
        .containsExactlyInAnyOrderElementsOf(VERSIONS.keySet());
    controlPlane
        .kubectlWithInput(
            """
            apiVersion: mdevmigration.io/v1alpha1
            kind: MigrationCompatibility
            metadata: {name: fleet}
            spec: {mdevType: %s, source: {nodes: {}}}
            """
                .formatted(TYPE),
            "apply",
            "-f",
            "-")
        .orThrow();
    eventually(() -> VERSIONS.forEach((node, version) -> assertLabels(node, version)));
    kubectl("wait", "--for=condition=Ready", "--timeout=60s", "mcompat/fleet");
  }

  @Test
  @Order(2)
  void helmTestShowsWhatOneNodesKernelSays() {
    assertThat(
            Helm.test(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeConfig(controlPlane.kubeconfig())
                .withTimeout(SECONDS)
                .call()
                .getStatus())
        .isEqualTo("deployed");
    String node =
        kubectl(
            "-n",
            NAMESPACE,
            "get",
            "pod",
            "mdev-migration-test",
            "-o",
            "jsonpath={.spec.nodeName}");
    String log =
        nodes
            .get(node)
            .guest()
            .run("cat /var/log/pods/" + NAMESPACE + "_mdev-migration-test_*/*/*.log");
    assertThat(log).contains("sample.0", "sample.1", TYPE, VERSIONS.get(node));
  }

  @Test
  @Order(3)
  void anUpgradeUnderAppArmorMovesNoLabelAndAsksNothingAnew() {
    Path profile = Project.root().resolve("profiles/apparmor/mdev-node");
    nodes
        .values()
        .forEach(
            node -> node.guest().run("/sbin/apparmor_parser --replace --skip-cache " + profile));
    Set<String> before = names(pods("mdev-node"));
    UpgradeCommand upgrade =
        new Helm(Chart.SHIPPED.folder())
            .upgrade()
            .withName(RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeConfig(controlPlane.kubeconfig())
            .withTimeout(SECONDS)
            .set("nodeDaemon.appArmorProfile.type", "Localhost")
            .set("nodeDaemon.appArmorProfile.localhostProfile", "mdev-node")
            .set("operator.relist", "5m");
    Map<String, String> answers = answers();
    upgrade.waitReady().call();
    // Helm is content with a DaemonSet of which one pod is not ready.
    kubectl("-n", NAMESPACE, "rollout", "status", "daemonset/mdev-node", "--timeout=10m");

    assertThat(names(pods("mdev-node"))).hasSize(2).doesNotContainAnyElementsOf(before);
    for (KubeletNode node : nodes.values()) {
      assertThat(
              node.guest()
                  .run("for p in /proc/[0-9]*; do cat $p/attr/current 2>/dev/null; done; true"))
          .contains("mdev-node (enforce)");
    }
    VERSIONS.forEach(this::assertLabels);
    assertThat(
            kubectl("get", "events", "-A", "--field-selector", "reason=LabelRemoved", "-o", "name"))
        .isEmpty();
    assertThat(answers()).isEqualTo(answers);
    // And they go on doing their work.
    nodes.get("gpu-b").guest().run("driver-load parents=2 types=A 'rules=version:*/A=A-v1'");
    eventually(
        () -> {
          assertLabels("gpu-a", "A-v1");
          assertLabels("gpu-b", "A-v1");
        });
  }

  private Map<String, String> answers() {
    return VERSIONS.keySet().stream()
        .collect(
            Collectors.toMap(
                node -> node,
                node -> kubectl("get", "mns", node, "-o", "jsonpath={.status.answers}")));
  }

  /** The node carries the label of this version of the type, and none of another. */
  private void assertLabels(String node, String version) {
    assertThat(client.nodes().withName(node).get().getMetadata().getLabels())
        .as(node)
        .containsEntry(new MdevClass(TYPE, version).labelKey(), "true")
        .satisfies(
            labels ->
                assertThat(labels.keySet())
                    .filteredOn(key -> key.startsWith("accepts.mdevmigration.io/"))
                    .hasSize(1));
  }

  private List<Pod> pods(String name) {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/name", name)
        .list()
        .getItems();
  }

  private static Set<String> names(List<Pod> pods) {
    return pods.stream().map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
  }

  private String kubectl(String... arguments) {
    return controlPlane.kubectl(arguments).orThrow().stdout();
  }

  private static void eventually(ThrowingRunnable condition) {
    await()
        .atMost(Duration.ofSeconds(SECONDS))
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .untilAsserted(condition);
  }
}
