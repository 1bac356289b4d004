package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code mdev-operator cleanup} as the chart's hook runs it: the shipped program with the hook's
 * own rights and under its policy, on what the product has left.
 */
class CleanupIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String NAMESPACE = "gpu-things";
  private static final String ACCOUNT = "mdev-migration-cleanup";
  private static final String USER_AGENT = "mdev-operator-cleanup";
  private static final String A = "accepts.mdevmigration.io/sample-A.0123456789abcdef0123";
  private static final String B = "accepts.mdevmigration.io/sample-B.0123456789abcdef0123";

  /** One more than a page of a list. */
  private static final int NODES = 501;

  private static final Map<String, String> FOREIGN =
      Map.of(
          "accepts.example.org/sample-A", "true",
          "mdevmigration.io/of-an-admin", "true",
          "kubernetes.io/hostname", "gpu-a");

  @TempDir private Path folder;

  private ControlPlane controlPlane;
  private KubernetesClient admin;
  private String token;

  @BeforeEach
  void install() {
    controlPlane = ControlPlane.start();
    admin = controlPlane.client("cleanup-test");
    controlPlane.kubectl("create", "namespace", NAMESPACE).orThrow();
    List<Rendered> all =
        Chart.SHIPPED
            .withHooksTo(folder.resolve("chart"))
            .render(NAMESPACE, "cleanup: {onUninstall: true, crds: true}");
    apply(all, Set.of("CustomResourceDefinition"));
    CustomResources.awaitServed(controlPlane);
    apply(
        all,
        Set.of(
            "Secret",
            "MutatingWebhookConfiguration",
            "ServiceAccount",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding"));
    token = controlPlane.kubectl("-n", NAMESPACE, "create", "token", ACCOUNT).orThrow().stdout();
  }

  @AfterEach
  void stop() {
    admin.close();
    controlPlane.close();
  }

  @Test
  void everythingOfTheProductGoesAndNothingElse() throws Exception {
    populate();
    Map<String, String> before = versions();

    CommandResult dryRun = cleanup("--dry-run");
    assertThat(dryRun.stderr()).isEmpty();
    assertThat(dryRun.stdout().lines())
        .contains(
            "node/gpu-a unlabeled: %s, %s (server dry run)".formatted(A, B),
            "mdevnodestate.mdevmigration.io/gpu-a deleted (server dry run)",
            "lease.coordination.k8s.io/mdev-operator deleted (server dry run)",
            "labels of nodes: 3 removed from 2 (server dry run)");
    assertThat(versions()).as("a dry run writes nothing").isEqualTo(before);

    CommandResult real = cleanup();
    assertThat(real.stderr()).isEmpty();
    assertThat(real.stdout().lines())
        .containsExactly(
            "mutatingwebhookconfigurations.admissionregistration.k8s.io: 1 removed",
            "labels of nodes: 3 removed from 2",
            "nodeevacuations.mdevmigration.io: 1 removed",
            "migrationcompatibilities.mdevmigration.io: 1 removed, 1 of users kept",
            "mdevnodestates.mdevmigration.io: 2 removed",
            "secrets: 1 removed",
            "leases.coordination.k8s.io: 1 removed");
    assertThat(real.exitCode()).isZero();
    Node node = admin.nodes().withName("gpu-a").get();
    assertThat(node.getMetadata().getLabels()).isEqualTo(FOREIGN);
    assertThat(node.getMetadata().getAnnotations()).containsEntry("of", "an admin");
    assertThat(versions().keySet())
        .containsExactlyInAnyOrderElementsOf(
            before.keySet().stream().filter(CleanupIT::staysBehind).toList());
    assertThat(patchesOfNodes()).as("one for each Node with labels").isEqualTo(2);

    CommandResult again = cleanup();
    assertThat(again.exitCode()).as(again.stderr()).isZero();
    assertThat(again.stdout().lines()).hasSize(7).allMatch(line -> line.contains("nothing to"));
    assertThat(patchesOfNodes()).isEqualTo(2);

    assertThat(cleanup("--all").stdout())
        .contains("migrationcompatibilities.mdevmigration.io: 1 removed\n");
    assertThat(cleanup("--crds").stdout())
        .contains("customresourcedefinitions.apiextensions.k8s.io: 3 removed");
    await().atMost(SOON).until(() -> controlPlane.kubectl("get", "crd").stdout().isEmpty());
    assertThat(cleanup("--crds").exitCode()).as("without the custom resources").isZero();
  }

  @Test
  void whatIsRefusedIsToldAndTheRestGoes() throws Exception {
    populate();
    controlPlane
        .kubectl(
            "patch",
            "clusterrole",
            ACCOUNT,
            "--type=json",
            "-p=[{\"op\":\"replace\",\"path\":\"/rules/1/verbs\",\"value\":[\"list\"]}]")
        .orThrow();
    String user = "system:serviceaccount:%s:%s".formatted(NAMESPACE, ACCOUNT);
    await()
        .atMost(SOON)
        .until(
            () ->
                controlPlane
                        .kubectl("auth", "can-i", "delete", "mdevnodestates", "--as=" + user)
                        .exitCode()
                    != 0);
    CommandResult result = cleanup();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.stdout())
        .contains("mdevnodestates.mdevmigration.io: nothing removed, 2 refused")
        .contains("labels of nodes: 3 removed from 2");
    assertThat(result.stderr())
        .contains("mdevnodestate.mdevmigration.io/gpu-a stays: ", "cannot delete resource")
        .contains("run it again");
  }

  @Test
  void anOperatorThatWorksIsNotWorkedAgainstButOneThatDiedIsNot() throws Exception {
    populate();
    try (OperatorProcess operator =
        OperatorProcess.start(controlPlane, "--lease-namespace=" + NAMESPACE)) {
      await().atMost(SOON).until(() -> !holder().isEmpty());
      CommandResult refused = cleanup();
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.stderr()).contains("an operator works (" + holder(), "uninstall it first");
      assertThat(refused.stdout()).isEmpty();
      String admins = controlPlane.config("cleanup-test").getOauthToken();
      assertThat(cleanupAs(admins, "elsewhere").stderr())
          .as("by who may see it, wherever the operator is")
          .contains("an operator works (" + holder());
      operator.kill();
    }
    assertThat(holder()).as("it had no time to give the Lease up").isNotEmpty();
    assertThat(cleanup().stdout()).contains("leases.coordination.k8s.io: 1 removed");
  }

  @Test
  void aDaemonThatStillRunsIsNoticed() throws Exception {
    try (Fleet fleet =
        Fleet.of(admin, controlPlane.config("mdev-node/test"), DaemonOptions.DEFAULTS)) {
      fleet.add(
          "alive",
          SimulatedKernel.with(
              SimulatedDriver.named("sample")
                  .version("1")
                  .parents(1)
                  .type("sample-A", type -> type.version("A-v1").accepts("A-v1"))));
      await().atMost(SOON).until(() -> versions().containsKey("MdevNodeState alive"));
      CommandResult result = cleanup();
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.stderr())
          .contains("removed, and there again: mdevnodestate.mdevmigration.io/alive");
    }
  }

  @Test
  void whoCleansUpCanTakeNothingButOurLabelsOffANode() {
    populate();
    try (KubernetesClient cleanup =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(controlPlane.config("cleanup-test"))
                    .withOauthToken(token)
                    .build())
            .build()) {
      for (String change :
          List.of(
              labels("accepts.example.org/sample-A", "null"),
              labels("accepts.mdevmigration.io/new", "\"true\""),
              "{\"metadata\":{\"annotations\":{\"of\":\"us-now\"}}}",
              "{\"spec\":{\"unschedulable\":true}}")) {
        await()
            .atMost(SOON)
            .untilAsserted(
                () ->
                    assertThatThrownBy(() -> patchNode(cleanup, change))
                        .as(change)
                        .hasMessageContaining("the cleanup takes labels that begin with"));
      }
      assertThat(patchNode(cleanup, labels(A, "null")).getMetadata().getLabels())
          .doesNotContainKey(A)
          .containsKey(B);
    }
  }

  private static String labels(String key, String value) {
    return "{\"metadata\":{\"labels\":{\"%s\":%s}}}".formatted(key, value);
  }

  /** Without reading it first, as kubectl would. */
  private static Node patchNode(KubernetesClient client, String patch) {
    Node named = new NodeBuilder().withNewMetadata().withName("gpu-a").endMetadata().build();
    return client.resource(named).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  /** What daemons, an operator and people leave, on more nodes than a page of a list has. */
  private void populate() {
    for (int i = 0; i < NODES - 2; i++) {
      node("empty-%03d".formatted(i), Map.of("kubernetes.io/hostname", "empty"));
    }
    node("gpu-a", Map.of(A, "true", B, "true"));
    node("gpu-b", Map.of(A, "by-hand"));
    controlPlane
        .kubectlWithInput(
            """
            apiVersion: mdevmigration.io/v1alpha1
            kind: MdevNodeState
            metadata: {name: gpu-a}
            ---
            apiVersion: mdevmigration.io/v1alpha1
            kind: MdevNodeState
            metadata: {name: no-more}
            ---
            apiVersion: mdevmigration.io/v1alpha1
            kind: NodeEvacuation
            metadata: {name: gpu-a}
            ---
            apiVersion: mdevmigration.io/v1alpha1
            kind: MigrationCompatibility
            metadata: {name: fleet}
            spec: {mdevType: sample-A, source: {nodes: {}}}
            ---
            apiVersion: mdevmigration.io/v1alpha1
            kind: MigrationCompatibility
            metadata:
              name: kubevirt-sample-a
              labels: {app.kubernetes.io/managed-by: mdev-operator}
              annotations: {mdevmigration.io/permitted-as: sample-A}
            spec: {mdevType: sample-A, source: {nodes: {}}}
            ---
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: mdev-operator, namespace: gpu-things}
            spec:
              holderIdentity: ""
              leaseDurationSeconds: 15
              acquireTime: "2026-11-23T12:00:00.000000Z"
              renewTime: "2026-11-23T12:10:00.000000Z"
              leaseTransitions: 1
            ---
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: somebody-elses, namespace: gpu-things}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: somebody-elses, namespace: gpu-things}
            """,
            "apply",
            "-f",
            "-")
        .orThrow();
  }

  private void node(String name, Map<String, String> labels) {
    admin
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels(name.equals("gpu-a") ? FOREIGN : Map.of())
                .addToLabels(labels)
                .addToAnnotations("of", "an admin")
                .endMetadata()
                .build())
        .create();
  }

  private static boolean staysBehind(String object) {
    return object.startsWith("Node ")
        || object.endsWith(" fleet")
        || object.endsWith(" somebody-elses");
  }

  /** Everything that a cleanup may look at, with its version. */
  private Map<String, String> versions() {
    return controlPlane
        .kubectl(
            "get",
            "nodes,mdevnodestates,nodeevacuations,migrationcompatibilities,secrets,"
                + "leases,mutatingwebhookconfigurations",
            "-n",
            NAMESPACE,
            "-o",
            "jsonpath={range .items[*]}{.kind} {.metadata.name}={.metadata.resourceVersion}{\"\\n\"}{end}")
        .orThrow()
        .stdout()
        .lines()
        .map(line -> line.split("=", 2))
        .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
  }

  private long patchesOfNodes() {
    return controlPlane
        .auditLog()
        .entries()
        .byUserAgent(USER_AGENT)
        .writes()
        .of("nodes")
        .where(entry -> !entry.uri().contains("dryRun=All"))
        .size();
  }

  private String holder() {
    return controlPlane
        .kubectl(
            "-n",
            NAMESPACE,
            "get",
            "lease",
            "mdev-operator",
            "-o",
            "jsonpath={.spec.holderIdentity}")
        .orThrow()
        .stdout();
  }

  private void apply(List<Rendered> all, Set<String> kinds) {
    String objects =
        all.stream()
            .filter(object -> kinds.contains(object.kind()))
            .map(Rendered::text)
            .collect(Collectors.joining("\n---\n"));
    controlPlane.kubectlWithInput(objects, "apply", "--server-side", "-f", "-").orThrow();
  }

  /** The program, as the hook's pod starts it. */
  private CommandResult cleanup(String... arguments) throws IOException, InterruptedException {
    return cleanupAs(token, NAMESPACE, arguments);
  }

  private CommandResult cleanupAs(String bearer, String namespace, String... arguments)
      throws IOException, InterruptedException {
    Path kubeconfig = controlPlane.directory().resolve("cleanup.kubeconfig");
    String adminToken = controlPlane.config("cleanup-test").getOauthToken();
    Files.writeString(
        kubeconfig, Files.readString(controlPlane.kubeconfig()).replace(adminToken, bearer));
    List<String> command =
        new ArrayList<>(
            List.of(
                Project.program("operator/target/mdev-operator/bin/mdev-operator").toString(),
                "cleanup",
                "--namespace=" + namespace));
    command.addAll(List.of(arguments));
    Path errors = folder.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new CommandResult(process.waitFor(), out, Files.readString(errors));
  }
}
