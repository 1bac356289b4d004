package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the values, a real API server takes every object that the chart makes: as a dry run,
 * with unknown fields refused, and those of other projects against these projects' own resources.
 */
class ChartDryRunIT {
  private static final String NAMESPACE = "gpu-things";
  private static ControlPlane controlPlane;

  @BeforeAll
  static void start() throws Exception {
    controlPlane = ControlPlane.start();
    String foreign = foreignResources();
    controlPlane.kubectl("apply", "--server-side", "-f", foreign).orThrow();
    CustomResources.awaitServed(controlPlane);
    controlPlane.kubectl("create", "namespace", NAMESPACE).orThrow();
    // No controller runs that would make it.
    controlPlane.kubectl("-n", NAMESPACE, "create", "serviceaccount", "default").orThrow();
  }

  @AfterAll
  static void stop() {
    if (controlPlane != null) {
      controlPlane.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "namespace: {create: true}",
        "{kubevirt: {mode: Off}, crds: {install: false}}",
        "kubevirt: {mode: Report}",
        "kubevirt: {mode: Strict, webhook: {failurePolicy: Fail, timeoutSeconds: 10}}",
        "kubevirt: {webhook: {certManager: {enabled: true}}}",
        "kubevirt: {webhook: {certManager: {enabled: true, issuerRef: {kind: ClusterIssuer, name: a}}}}",
        """
        monitoring:
          podMonitors: {create: true, labels: {release: prometheus}}
          rules: {create: true, labels: {release: prometheus}}
          dashboard: {create: true, annotations: {grafana_folder: GPUs}}
        """,
        "monitoring: {serviceMonitors: {create: true, labels: {release: prometheus}}}",
        "cleanup: {onUninstall: true, crds: true}",
        """
        admissionPolicies: {create: false}
        priorityClass: {create: false}
        flowControl: {create: false}
        networkPolicy: {create: false}
        crds: {keep: false, annotations: {"argocd.argoproj.io/sync-options": "Prune=false"}}
        """,
        """
        networkPolicy:
          apiServerPorts: [443, 6443]
          metricsFrom:
          - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}
        """,
        """
        imagePullSecrets: [{name: registry}]
        operator:
          replicas: 1
          image: {registry: r.example.org, pullPolicy: Always}
          extraEnv: [{name: TZ, value: UTC}]
          extraArgs: [--lease-duration=20s]
          resources: {requests: {cpu: 1}, limits: {memory: 1Gi, cpu: "2"}}
          priorityClassName: system-cluster-critical
          nodeSelector: {node-role.kubernetes.io/control-plane: ""}
          tolerations: [{key: node-role.kubernetes.io/control-plane, operator: Exists}]
          affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}
          topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app.kubernetes.io/name: mdev-operator}}}]
          podLabels: {team: gpu}
          podAnnotations: {a: b}
        nodeDaemon:
          nodeSelector: {kubevirt.io/schedulable: null, gpu: "true"}
          tolerations: []
          maxUnavailable: 1
          appArmorProfile: {type: Localhost, localhostProfile: mdev-node}
          seLinuxOptions: {type: mdev_node_t}
          affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}
          podLabels: {team: gpu}
          podAnnotations: {a: b}
        test: {node: gpu-a}
        """
      })
  void theApiServerTakesEveryObject(String values, @TempDir Path folder) {
    Chart chart = Chart.SHIPPED.withHooksTo(folder.resolve("chart"));
    CommandResult result = dryRun(chart.render(NAMESPACE, values));
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).isEmpty();
  }

  @Test
  void aFieldThatTheApiServerDoesNotKnowIsNoticed() {
    Rendered one =
        Chart.SHIPPED.render(NAMESPACE, "{}").stream()
            .filter(object -> object.kind().equals("PodDisruptionBudget"))
            .findFirst()
            .orElseThrow();
    CommandResult result =
        dryRun(
            List.of(
                new Rendered(
                    one.template(),
                    one.text().replace("maxUnavailable", "maxUnavailible"),
                    one.object())));
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.stderr()).contains("maxUnavailible");
  }

  @Test
  void theOperatorsPodIsRestrictedAndOnlyItsMountKeepsTheDaemonsFromTheBaseline() throws Exception {
    for (String level : List.of("restricted", "baseline")) {
      controlPlane.kubectl("create", "namespace", level).orThrow();
      controlPlane
          .kubectl("label", "namespace", level, "pod-security.kubernetes.io/enforce=" + level)
          .orThrow();
      controlPlane.kubectl("-n", level, "create", "serviceaccount", "mdev-operator").orThrow();
      controlPlane.kubectl("-n", level, "create", "serviceaccount", "mdev-node").orThrow();
    }
    assertThat(createPod("Deployment", "restricted").stderr()).isEmpty();
    CommandResult daemon = createPod("DaemonSet", "baseline");
    assertThat(daemon.exitCode()).isNotZero();
    assertThat(daemon.stderr())
        .contains("violates PodSecurity \"baseline:latest\": hostPath volumes (")
        .doesNotContainPattern("\\), [a-zA-Z]");
  }

  /** A pod as the workload would make it, as a dry run. */
  private static CommandResult createPod(String workload, String namespace) throws IOException {
    JsonNode template =
        Chart.SHIPPED.render(namespace, "priorityClass: {create: false}").stream()
            .filter(object -> object.kind().equals(workload))
            .findFirst()
            .orElseThrow()
            .object()
            .at("/spec/template");
    ObjectNode pod = template.deepCopy();
    pod.put("apiVersion", "v1").put("kind", "Pod");
    pod.withObject("/metadata").put("name", "one");
    return controlPlane.kubectlWithInput(
        Chart.YAML.writeValueAsString(pod),
        "-n",
        namespace,
        "create",
        "--dry-run=server",
        "-f",
        "-");
  }

  private static CommandResult dryRun(List<Rendered> objects) {
    String all = objects.stream().map(Rendered::text).collect(Collectors.joining("\n---\n"));
    return controlPlane.kubectlWithInput(
        all, "apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-");
  }

  private static String foreignResources() throws IOException, InterruptedException {
    Process install =
        new ProcessBuilder(Project.root().resolve("e2e/foreign-crds/install").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String folder =
        new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(install.waitFor()).as("e2e/foreign-crds/install").isZero();
    return folder;
  }
}
