package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.NodeEvacuation;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What kubectl shows of the evacuation of nodes, written by the operator as it is shipped with the
 * rights of its pod. KubeVirt's resources are real; its programs are not there.
 */
@Timeout(300)
class NodeEvacuationIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final String OPERATOR_USER = "system:serviceaccount:mdev-migration:mdev-operator";

  private ControlPlane controlPlane;
  private KubernetesClient admin;
  private Deployment deployment;
  private Fleet fleet;

  @BeforeEach
  void deploy() {
    controlPlane = ControlPlane.start();
    admin = controlPlane.client("evacuation-test");
    CustomResources.install(controlPlane);
    Manifests.install().applyResources(controlPlane);
    deployment = Deployment.apply(controlPlane, admin);
    controlPlane.kubectl("apply", "-f", Deployment.folder() + "/kubevirt/").orThrow();
    deployment.awaitInForce();
    fleet =
        Fleet.underPolicies(
            admin,
            node -> deployment.config(deployment.daemonToken(node), "mdev-node/test"),
            DaemonOptions.DEFAULTS);
    fleet.add("gpu-a", SimulatedKernel.with(driver("A-v1", "A-v1")));
    fleet.add("gpu-b", SimulatedKernel.with(driver("A-v2", "A-v2")));
    Shop.open(controlPlane);
    apply(Shop.machine("till", "gpu-a"));
  }

  @AfterEach
  void stop() {
    fleet.close();
    admin.close();
    controlPlane.close();
  }

  private static SimulatedDriver driver(String own, String... accepted) {
    return SimulatedDriver.named("sample")
        .version("of-" + own + "-accepts-" + accepted.length)
        .type("sample-A", type -> type.version(own).accepts(accepted));
  }

  private void apply(String yaml) {
    controlPlane.kubectlWithInput(yaml, "apply", "-f", "-").orThrow();
  }

  private OperatorProcess startOperator(String name) throws IOException {
    Path kubeconfig = controlPlane.directory().resolve(name + ".pod.kubeconfig");
    String adminToken = controlPlane.config("evacuation-test").getOauthToken();
    Files.writeString(
        kubeconfig,
        Files.readString(controlPlane.kubeconfig())
            .replace(adminToken, deployment.operatorToken(name)));
    return OperatorProcess.start(
        Map.of("KUBECONFIG", kubeconfig.toString(), "HOSTNAME", name),
        controlPlane.directory().resolve(name + ".log"),
        "--lease-namespace=" + Deployment.NAMESPACE,
        "--webhook-namespace=" + Deployment.NAMESPACE,
        "--webhook-port=" + Ports.free(),
        "--kubevirt-mode=Steer");
  }

  /** The rows that kubectl prints, without their age. */
  private List<String> rows() {
    return controlPlane
        .kubectl("get", "nodeevacuations")
        .orThrow()
        .stdout()
        .lines()
        .map(row -> row.trim().replaceAll(" +", " ").replaceFirst(" [^ ]+$", ""))
        .toList();
  }

  private void awaitRows(String... rows) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              List<String> shown = rows();
              assertThat(shown).hasSize(rows.length + 1).endsWith(rows);
              assertThat(shown).startsWith("NAME VMS STUCK LAST-REFUGE EVACUABLE");
            });
    System.out.println(controlPlane.kubectl("get", "nodeevacuations").orThrow().stdout());
  }

  private AuditEntries byOperatorSince(AuditLog.Mark mark) {
    return controlPlane
        .auditLog()
        .since(mark)
        .of("nodeevacuations")
        .where(entry -> entry.user().equals(OPERATOR_USER));
  }

  @Test
  void kubectlShowsWhomADrainWouldWaitForUntilAnotherNodeAccepts() throws Exception {
    AuditLog.Mark begin = controlPlane.auditLog().mark();
    try (OperatorProcess operator = startOperator("first")) {
      awaitRows("gpu-a 1 1 0 False");
      // A node that asks may have been read before all of the others had answered.
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(show("{.status.stuckVirtualMachines[*]}"))
                      .contains("shop", "till", "NobodyAccepts"));
      assertThat(show("{.status.conditions[0].message}"))
          .isEqualTo("a drain would wait for 1 of 1 VMI(s) that no other node accepts: shop/till");
      assertThat(show("{.metadata.ownerReferences[0].uid}"))
          .isEqualTo(admin.nodes().withName("gpu-a").get().getMetadata().getUid());

      fleet.node("gpu-b").reboot(driver("A-v2", "A-v1", "A-v2"));
      awaitRows("gpu-a 1 0 0 True", "gpu-b 0 0 1 True");
      assertThat(operator.isAlive()).isTrue();
    }
    assertThat(byOperatorSince(begin).where(entry -> entry.code() >= 400).list()).isEmpty();

    AuditLog.Mark restart = controlPlane.auditLog().mark();
    try (OperatorProcess next = startOperator("second")) {
      await().atMost(SOON).until(() -> !byOperatorSince(restart).isEmpty());
      Thread.sleep(LOOK.multipliedBy(2).toMillis());
      assertThat(byOperatorSince(restart).list())
          .extracting(AuditEntry::verb)
          // Written down as it ends: the former operator's may come late.
          .filteredOn(verb -> !verb.equals("watch"))
          .containsExactly("list");

      controlPlane.kubectl("delete", "vmi", "till", "-n", "shop").orThrow();
      await()
          .atMost(SOON)
          .until(() -> admin.resources(NodeEvacuation.class).list().getItems().isEmpty());
      assertThat(next.isAlive()).isTrue();
    }
  }

  private String show(String path) {
    return controlPlane
        .kubectl("get", "mevac", "gpu-a", "-o", "jsonpath=" + path)
        .orThrow()
        .stdout();
  }
}
