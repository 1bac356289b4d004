package io.mdevmigration.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Simulated nodes behave as nodes do. */
@Timeout(120)
final class FleetIT {
  private static final String AGENT = "mdev-node";

  private final ControlPlane controlPlane = TestCluster.get();
  private final KubernetesClient kubelet = controlPlane.client("kubelet-test");
  private final Fleet fleet = Fleet.of(kubelet, controlPlane.config(AGENT), DaemonOptions.DEFAULTS);
  private final SimulatedDriver driver =
      SimulatedDriver.named("sample")
          .type("sample-A", t -> t.version("A-v1").accepts("A-v1").hangsOn("A-slow"));

  @AfterEach
  void leaveNothingBehind() {
    fleet.removeAll();
    kubelet.resources(MdevNodeState.class).delete();
    kubelet.close();
  }

  @Test
  void aNodeObjectShowsItsKernelAndIsReady() {
    SimulatedKernel kernel = SimulatedKernel.with(driver);
    SimulatedNode node = fleet.add("fleet-a", kernel, Map.of("gpu", "yes"));
    Node stored = node.node().orElseThrow();
    assertThat(stored.getMetadata().getLabels())
        .containsEntry("gpu", "yes")
        .containsEntry("kubernetes.io/hostname", "fleet-a");
    assertThat(stored.getStatus().getNodeInfo().getBootID()).isEqualTo(kernel.bootId());
    assertThat(stored.getStatus().getNodeInfo().getKernelVersion()).isEqualTo(kernel.release());
    assertThat(controlPlane.kubectl("get", "node", "fleet-a").orThrow().stdout())
        .contains(" Ready ");
    String before = kernel.bootId();
    node.reboot();
    assertThat(node.node().orElseThrow().getStatus().getNodeInfo().getBootID())
        .isEqualTo(kernel.bootId())
        .isNotEqualTo(before);
  }

  @Test
  void namesAreUniqueAndUnknownOnesAreRejected() {
    fleet.add("fleet-a", SimulatedKernel.with(driver));
    assertThatThrownBy(() -> fleet.add("fleet-a", SimulatedKernel.with(driver)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fleet.node("fleet-z")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> fleet.node("fleet-a").startDaemon())
        .isInstanceOf(IllegalStateException.class);
    fleet.remove("fleet-a");
    assertThat(fleet.nodes()).isEmpty();
    assertThat(kubelet.nodes().withName("fleet-a").get()).isNull();
  }

  @Test
  void nothingOfAKilledDaemonReachesTheApiServer() throws Exception {
    SimulatedNode node = fleet.add("fleet-a", SimulatedKernel.with(driver));
    awaitPublished(node);
    patchChecks(node, "A-slow");
    eventually(() -> assertThat(node.kernel().totalWrites()).isEqualTo(1));
    AuditLog.Mark mark = controlPlane.auditLog().mark();
    node.killDaemon();
    node.kernel().releaseHangs();
    node.kernel().reload(driver);
    Thread.sleep(1500);
    assertThat(controlPlane.auditLog().since(mark).byUserAgent(AGENT).writes()).isEmpty();
    assertThat(node.state().orElseThrow().getStatus().answers())
        .allMatch(answer -> answer.is(Reason.ASKING));
    node.startDaemon();
    eventually(() -> assertThat(node.kernel().totalWrites()).isEqualTo(2));
    node.kernel().releaseHangs();
    eventually(
        () -> assertThat(node.state().orElseThrow().getStatus().summary().accepted()).isEqualTo(1));
  }

  @Test
  void aHundredDaemonsShareAConnectionAndAskEachQuestionOnce() throws Exception {
    DaemonThreads threads = DaemonThreads.create(8);
    try (KubernetesClient daemons = controlPlane.client(AGENT);
        Fleet hundred = Fleet.sharing(kubelet, daemons, threads, DaemonOptions.DEFAULTS)) {
      IntStream.range(0, 100)
          .parallel()
          .forEach(i -> hundred.add("many-" + i, SimulatedKernel.with(driver)));
      eventually(() -> assertThat(published("many-")).hasSize(100));
      hundred.nodes().forEach(node -> patchChecks(node, "A-v1"));
      eventually(
          () ->
              assertThat(published("many-"))
                  .hasSize(100)
                  .allMatch(state -> state.getStatus().summary().accepted() == 1));
      AuditLog.Mark mark = controlPlane.auditLog().mark();
      hundred.restartDaemons();
      eventually(
          () ->
              assertThat(
                      controlPlane
                          .auditLog()
                          .since(mark)
                          .byUserAgent(AGENT)
                          .of("mdevnodestates")
                          .where(entry -> entry.verb().equals("get")))
                  .hasSizeGreaterThanOrEqualTo(100));
      Thread.sleep(1500);
      assertThat(controlPlane.auditLog().since(mark).byUserAgent(AGENT).writes()).isEmpty();
      assertThat(hundred.nodes()).allMatch(node -> node.kernel().totalWrites() == 1);
      assertThatThrownBy(() -> hundred.node("many-1").killDaemon())
          .isInstanceOf(UnsupportedOperationException.class);
      hundred.removeAll();
    } finally {
      threads.shutdown();
    }
  }

  private List<MdevNodeState> published(String prefix) {
    return kubelet.resources(MdevNodeState.class).list().getItems().stream()
        .filter(state -> state.getMetadata().getName().startsWith(prefix))
        .filter(state -> state.getStatus() != null && state.getStatus().inventory() != null)
        .toList();
  }

  private void patchChecks(SimulatedNode node, String version) {
    kubelet
        .resources(MdevNodeState.class)
        .withName(node.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"spec":{"checks":[{"type":"sample-A","version":"%s"}]}}"""
                .formatted(version));
  }

  private static void awaitPublished(SimulatedNode node) {
    eventually(() -> assertThat(node.state().orElseThrow().getStatus().inventory()).isNotNull());
  }

  private static void eventually(ThrowingRunnable holds) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .untilAsserted(holds);
  }
}
