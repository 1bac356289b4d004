package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.Binaries;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the policy for the mode Strict does to pods, without an operator that could be reached. */
@Timeout(120)
class StrictPolicyIT {
  private static final String TARGET = "{kubevirt.io/migrationJobUID: some-uid}";
  private static final String MDEV = "sample.io/A";
  private static final String REFUSED =
      "this migration target requests sample.io/A without a selector accepts.mdevmigration.io/";

  private static final String OURS =
      term("key: accepts.mdevmigration.io/sample-A.0123456789abcdef0123, operator: Exists");

  private static ControlPlane controlPlane;

  @BeforeAll
  static void start() throws Exception {
    controlPlane = ControlPlane.start();
    Process manifests =
        new ProcessBuilder(
                Binaries.install(Project.root().resolve("e2e/kubevirt/install"), List.of())
                    .program("manifests")
                    .toString(),
                "crds")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String crds = new String(manifests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    controlPlane.kubectlWithInput(crds, "create", "-f", "-").orThrow();
    CustomResources.awaitServed(controlPlane);
    Shop.open(controlPlane);
    String account =
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: shop}\n";
    controlPlane.kubectlWithInput(account, "apply", "-f", "-").orThrow();
    assertThat(create(TARGET, MDEV, "").exitCode()).as("without the policy").isZero();
    String policy = Project.root().resolve("deploy/kubevirt-strict") + "/";
    controlPlane.kubectl("apply", "-f", policy).orThrow();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(create(TARGET, MDEV, "").stderr()).contains(REFUSED));
  }

  @AfterAll
  static void stop() {
    controlPlane.close();
  }

  private static CommandResult create(String labels, String resource, String placement) {
    String pod =
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: launcher, namespace: shop, labels: %s}
        spec:
          containers:
          - {name: compute, image: none, resources: {limits: {%s: 1}}}
          %s
        """
            .formatted(labels, resource, placement);
    return controlPlane.kubectlWithInput(pod, "create", "--dry-run=server", "-f", "-");
  }

  private static String affinity(String terms) {
    return "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
        + " {nodeSelectorTerms: ["
        + terms
        + "]}}}";
  }

  private static String term(String expression) {
    return "{matchExpressions: [{" + expression + "}]}";
  }

  @Test
  void aTargetWithOurSelectorPasses() {
    create(TARGET, MDEV, "nodeSelector: {accepts.mdevmigration.io/sample-A.01: 'true'}").orThrow();
    create(TARGET, MDEV, affinity(OURS)).orThrow();
    create(
            TARGET,
            MDEV,
            affinity(
                term("key: accepts.mdevmigration.io/sample-A.01, operator: In, values: ['true']")))
        .orThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nodeSelector: {disk: fast}",
        "nodeSelector: {accepts.mdevmigration.io/sample-A.01: 'false'}",
        "nodeSelector: {accepts.mdevmigration.io.example.com/sample-A.01: 'true'}",
      })
  void aTargetWithoutItIsRefusedWithWhatToDo(String placement) {
    assertThat(create(TARGET, MDEV, placement).stderr())
        .contains(REFUSED)
        .contains("see that mdev-operator runs and its webhook can be reached, then migrate anew");
  }

  @Test
  void anAffinityThatLeavesAnotherWayOpenIsNoSelector() {
    String other = term("key: disk, operator: Exists");
    String without = term("key: accepts.mdevmigration.io/sample-A.01, operator: DoesNotExist");
    for (String terms : List.of(other, without, OURS + ", " + other)) {
      assertThat(create(TARGET, MDEV, affinity(terms)).stderr()).as(terms).contains(REFUSED);
    }
  }

  @Test
  void ordinaryPodsAndTargetsWithoutMdevPassUntouched() {
    create("{app: shop}", MDEV, "").orThrow();
    create(TARGET, "cpu", "").orThrow();
    create(TARGET, "sample.io/not-permitted", "").orThrow();
  }

  @Test
  void withoutAKubeVirtObjectTargetsAreRefusedAndOrdinaryPodsPass() {
    String kubeVirts = "kubevirts.kubevirt.io";
    String kept = controlPlane.kubectl("get", kubeVirts, "-n", "kubevirt", "-o", "yaml").stdout();
    controlPlane.kubectl("delete", kubeVirts, "--all", "-n", "kubevirt").orThrow();
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(create(TARGET, "cpu", "").stderr()).contains("no params found"));
      create("{app: shop}", MDEV, "").orThrow();
    } finally {
      controlPlane.kubectlWithInput(kept, "create", "-f", "-").orThrow();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                CommandResult created = create(TARGET, "cpu", "");
                assertThat(created.exitCode()).as(created.stderr()).isZero();
              });
    }
  }
}
