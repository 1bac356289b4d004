package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be seen of the chart without a cluster. */
class ChartTest {
  private static final String EVERYTHING =
      """
      namespace: {create: true}
      monitoring: {podMonitors: {create: true}, rules: {create: true}, dashboard: {create: true}}
      """;

  /** Kinds without a namespace. */
  private static final Set<String> CLUSTER_WIDE =
      Set.of(
          "ClusterRole",
          "ClusterRoleBinding",
          "CustomResourceDefinition",
          "FlowSchema",
          "MutatingWebhookConfiguration",
          "Namespace",
          "PriorityClass",
          "PriorityLevelConfiguration",
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding");

  @Test
  void helmLintHasNothingToSay() {
    LintResult result = new Helm(Chart.SHIPPED.folder()).lint().strict().call();
    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
    assertThat(result.getMessages())
        .filteredOn(message -> !message.contains("icon is recommended"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replicas: 3",
        "operator: {replica: 3}",
        "operator: {image: {tags: v1}}",
        "operator: {tolerations: [{keys: gpu}]}",
        "operator: {image: {digest: 'sha256:short'}}",
        "operator: {unwantedGrace: ten minutes}",
        "operator: {extraEnv: [{name: A, vale: b}]}",
        "nodeDaemon: {nodeselector: {}}",
        "nodeDaemon: {maxUnavailable: 0}",
        "nodeDaemon: {resources: {limit: {memory: 1Gi}}}",
        "kubevirt: {mode: steer}",
        "kubevirt: {webhook: {failurePolicy: ignore}}",
        "kubevirt: {webhook: {certManager: {issuer: {name: a}}}}",
        "crds: {keeps: true}",
        "networkPolicy: {apiServerPorts: ['443']}",
        "monitoring: {rules: {create: 'yes'}}",
        "cleanup: {onUninstall: true, deadlineSeconds: 0}",
        "imagePullSecrets: [registry]"
      })
  void aValueThatIsMisspelledIsRefused(String values) {
    assertThatThrownBy(() -> Chart.SHIPPED.render(Chart.NAMESPACE, values))
        .hasMessageContaining("schema");
  }

  @Test
  void theSchemaKnowsTheValuesThatThereAreAndNoOthers() {
    Set<String> known = new TreeSet<>();
    properties("", Chart.yaml(Chart.SHIPPED.text("values.schema.json")), known);
    Set<String> present = new TreeSet<>();
    ValuesTable.of(Chart.SHIPPED.text("values.yaml"))
        .rows()
        .forEach(row -> present.add(row.path()));
    assertThat(known)
        .filteredOn(path -> !Set.of("enabled", "global").contains(path))
        .allSatisfy(
            path ->
                assertThat(present)
                    .as(path)
                    .anyMatch(
                        value ->
                            (path + ".").startsWith(value + ".") || value.startsWith(path + ".")));
    assertThat(known).containsAll(present);
  }

  @Test
  void aBareOffThatYamlReadsAsFalseIsOff() {
    assertThat(Chart.SHIPPED.render(Chart.NAMESPACE, "kubevirt: {mode: Off}"))
        .extracting(Rendered::kind)
        .contains("Deployment")
        .doesNotContain("MutatingWebhookConfiguration");
  }

  @Test
  void inAnotherNamespaceNothingNamesTheUsualOne() {
    List<Rendered> objects = Chart.SHIPPED.render("gpu-things", EVERYTHING);
    assertThat(objects).hasSizeGreaterThan(40);
    assertThat(objects)
        .allSatisfy(
            object -> {
              assertThat(object.text())
                  .doesNotContain("namespace: mdev-migration")
                  .doesNotContain("serviceaccount:mdev-migration:");
              String namespace = object.object().at("/metadata/namespace").asText();
              if (CLUSTER_WIDE.contains(object.kind())) {
                assertThat(namespace).as(object.id()).isEmpty();
              } else {
                assertThat(namespace)
                    .as(object.id())
                    .isEqualTo(
                        object.name().equals("mdev-migration-operator-events")
                            ? "default"
                            : "gpu-things");
              }
            });
    assertThat(objects)
        .filteredOn(object -> object.kind().equals("ValidatingAdmissionPolicy"))
        .extracting(Rendered::text)
        .filteredOn(text -> text.contains("request.userInfo.username"))
        .hasSize(4)
        .allMatch(text -> text.contains("system:serviceaccount:gpu-things:mdev-"));
  }

  @Test
  void asAPartOfAnotherChartItMakesTheSameObjects(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("Chart.yaml"),
        """
        apiVersion: v2
        name: platform
        version: 1.0.0
        dependencies:
        - {name: mdev-migration, version: ">=0.0.0", condition: mdev-migration.enabled}
        """);
    Files.createDirectories(folder.resolve("charts"));
    Chart.SHIPPED.copyTo(folder.resolve("charts/mdev-migration"));
    Chart platform = new Chart(folder);
    List<String> alone = ids(Chart.SHIPPED.render("gpu-things", "{operator: {replicas: 3}}"));
    assertThat(
            ids(
                platform.render(
                    "gpu-things",
                    "{global: {a: b}, mdev-migration: {enabled: true, operator: {replicas: 3}}}")))
        .isEqualTo(alone);
    assertThat(platform.render("gpu-things", "mdev-migration: {enabled: false}")).isEmpty();
  }

  @Test
  void theCustomResourcesInTheChartAreThoseInCrdsAndStayWhenItGoes() throws IOException {
    List<Rendered> crds =
        Chart.SHIPPED.render(Chart.NAMESPACE, "{}").stream()
            .filter(object -> object.kind().equals("CustomResourceDefinition"))
            .toList();
    assertThat(crds).hasSize(3);
    for (Rendered crd : crds) {
      JsonNode source =
          Chart.YAML.readTree(Project.root().resolve("crds/" + crd.name() + ".yaml").toFile());
      assertThat(crd.object().get("spec")).isEqualTo(source.get("spec"));
      assertThat(crd.object().at("/metadata/annotations").get("helm.sh/resource-policy").asText())
          .isEqualTo("keep");
    }
    assertThat(Chart.SHIPPED.render(Chart.NAMESPACE, "crds: {keep: false}"))
        .noneMatch(object -> object.text().contains("helm.sh/resource-policy"));
  }

  @Test
  void theDaemonIsConfinedAsItIsTriedOnARealKernel() {
    JsonNode pod =
        one(Chart.SHIPPED.render(Chart.NAMESPACE, "{}"), "DaemonSet").at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");
    JsonNode security = container.get("securityContext");
    assertThat(security.at("/capabilities/drop")).hasToString("[\"ALL\"]");
    assertThat(security.at("/capabilities").has("add")).isFalse();
    assertThat(security.get("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(security.get("privileged").asBoolean(true)).isFalse();
    assertThat(security.get("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/runAsUser").asInt(-1)).isZero();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    for (String shared : List.of("hostNetwork", "hostPID", "hostIPC")) {
      assertThat(pod.has(shared)).as(shared).isFalse();
    }
    List<String> mounts = new ArrayList<>();
    container
        .get("volumeMounts")
        .forEach(
            mount ->
                mounts.add(
                    mount.get("mountPath").asText()
                        + (mount.path("readOnly").asBoolean() ? " ro" : " rw")));
    assertThat(mounts).containsExactly("/host/sys ro", "/host/sys/devices rw", "/tmp rw");
    List<String> host = new ArrayList<>();
    pod.get("volumes").forEach(volume -> host.add(volume.at("/hostPath/path").asText()));
    assertThat(host).containsExactly("/sys", "/sys/devices", "");
  }

  @Test
  void uninstallingCleansUpOnlyWhereThatIsAskedForAndOnlyThen(@TempDir Path folder) {
    String asked = "cleanup: {onUninstall: true}";
    Chart hooks = Chart.SHIPPED.withHooksTo(folder.resolve("chart"));
    assertThat(cleanup(hooks, "{}")).isEmpty();
    assertThat(cleanup(Chart.SHIPPED, asked)).as("all are hooks").isEmpty();
    List<Rendered> cleanup = cleanup(hooks, asked);
    assertThat(cleanup)
        .extracting(Rendered::kind)
        .containsExactlyInAnyOrder(
            "ServiceAccount",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "Job");
    assertThat(cleanup)
        .allSatisfy(
            object -> {
              JsonNode hook = object.object().at("/metadata/annotations");
              assertThat(hook.get("helm.sh/hook-weight").asText())
                  .isEqualTo(object.kind().equals("Job") ? "0" : "-1");
              assertThat(hook.get("helm.sh/hook-delete-policy").asText())
                  .isEqualTo("before-hook-creation,hook-succeeded");
            });
    JsonNode job = one(cleanup, "Job").get("spec");
    assertThat(job.get("activeDeadlineSeconds").asInt()).isEqualTo(240);
    assertThat(job.at("/template/spec").has("priorityClassName"))
        .as("the chart's own is gone by then")
        .isFalse();
    assertThat(job.at("/template/metadata/labels").get("app.kubernetes.io/name").asText())
        .as("no pod that others take for an operator")
        .isEqualTo("mdev-migration-cleanup");
  }

  @Test
  void whoCleansUpMayTouchTheResourceDefinitionsOnlyIfTheyAreToGo(@TempDir Path folder) {
    Chart hooks = Chart.SHIPPED.withHooksTo(folder.resolve("chart"));
    String crds = "customresourcedefinitions";
    List<Rendered> without = cleanup(hooks, "cleanup: {onUninstall: true}");
    assertThat(one(without, "ClusterRole").toString()).doesNotContain(crds);
    assertThat(one(without, "Job").toString()).doesNotContain("--crds");
    List<Rendered> with = cleanup(hooks, "cleanup: {onUninstall: true, crds: true}");
    assertThat(one(with, "ClusterRole").toString()).contains(crds);
    assertThat(one(with, "Job").toString()).contains("--crds");
  }

  private static List<Rendered> cleanup(Chart chart, String values) {
    return chart.render(Chart.NAMESPACE, values).stream()
        .filter(object -> object.name().equals("mdev-migration-cleanup"))
        .toList();
  }

  @Test
  void valuesThatDoNotGoTogetherAreRefusedWithWhatToDo() {
    assertThatThrownBy(
            () ->
                Chart.SHIPPED.render(
                    Chart.NAMESPACE, "{namespace: {create: true}, cleanup: {onUninstall: true}}"))
        .hasMessageContaining("set namespace.create to false");
    assertThatThrownBy(
            () ->
                Chart.SHIPPED.render(
                    Chart.NAMESPACE,
                    "monitoring: {podMonitors: {create: true}, serviceMonitors: {create: true}}"))
        .hasMessageContaining("create one kind of them");
  }

  @Test
  void aServiceMonitorFindsTheServiceThatFindsThePods() {
    List<Rendered> objects =
        Chart.SHIPPED.render(Chart.NAMESPACE, "monitoring: {serviceMonitors: {create: true}}");
    for (String workload : List.of("Deployment", "DaemonSet")) {
      JsonNode pods = one(objects, workload);
      String name = pods.at("/metadata/name").asText();
      JsonNode service = named(objects, "Service", name + "-metrics");
      JsonNode monitor = named(objects, "ServiceMonitor", name);
      assertThat(service.at("/spec/selector")).isEqualTo(pods.at("/spec/selector/matchLabels"));
      assertThat(service.at("/metadata/labels").properties())
          .containsAll(monitor.at("/spec/selector/matchLabels").properties());
      assertThat(monitor.at("/spec/endpoints/0/port")).isEqualTo(service.at("/spec/ports/0/name"));
      assertThat(pods.at("/spec/template/spec/containers/0/ports").findValuesAsText("name"))
          .contains(service.at("/spec/ports/0/targetPort").asText());
    }
  }

  private static JsonNode named(List<Rendered> objects, String kind, String name) {
    return one(objects.stream().filter(object -> object.name().equals(name)).toList(), kind);
  }

  @Test
  void aSelectorThatIsSetToNullIsNoMoreAndAnotherCountsInstead() {
    List<Rendered> objects =
        Chart.SHIPPED.render(
            Chart.NAMESPACE,
            "nodeDaemon: {nodeSelector: {kubevirt.io/schedulable: null, gpu: 'true'}}");
    assertThat(one(objects, "DaemonSet").at("/spec/template/spec/nodeSelector"))
        .hasToString("{\"gpu\":\"true\"}");
  }

  @Test
  void networkPoliciesLetInWhatTheContainersListenTo() {
    List<Rendered> objects = Chart.SHIPPED.render(Chart.NAMESPACE, "{}");
    for (String workload : List.of("Deployment", "DaemonSet")) {
      Rendered pods =
          objects.stream()
              .filter(object -> object.kind().equals(workload))
              .findFirst()
              .orElseThrow();
      Rendered policy =
          objects.stream()
              .filter(object -> object.kind().equals("NetworkPolicy"))
              .filter(object -> object.name().equals(pods.name()))
              .findFirst()
              .orElseThrow();
      assertThat(policy.object().at("/spec/podSelector"))
          .isEqualTo(pods.object().at("/spec/selector"));
      Set<Integer> ports = new TreeSet<>();
      pods.object()
          .at("/spec/template/spec/containers/0/ports")
          .forEach(port -> ports.add(port.get("containerPort").asInt()));
      Set<Integer> open = new TreeSet<>();
      policy
          .object()
          .at("/spec/ingress")
          .forEach(rule -> rule.get("ports").forEach(port -> open.add(port.get("port").asInt())));
      assertThat(open).isEqualTo(ports);
    }
  }

  @Test
  void anImageIsNamedByItsDigestWhereThereIsOne() {
    String digest = "sha256:" + "0123456789abcdef".repeat(4);
    List<Rendered> objects =
        Chart.SHIPPED.render(
            Chart.NAMESPACE,
            """
            operator: {image: {registry: "r.example.org:5000/gpu", digest: "%s"}}
            nodeDaemon: {image: {tag: v7}}
            """
                .formatted(digest));
    assertThat(image(objects, "Deployment"))
        .matches("r\\.example\\.org:5000/gpu/mdev-operator:[0-9.]+@" + digest);
    assertThat(image(objects, "DaemonSet")).isEqualTo("mdev-node:v7");
  }

  @Test
  void theImagesTagIsTheProjectsVersion() throws IOException {
    String pom = Files.readString(Project.root().resolve("pom.xml"));
    String version = Chart.yaml(Chart.SHIPPED.text("Chart.yaml")).get("appVersion").asText();
    assertThat(pom)
        .containsPattern("<version>" + version + "(-SNAPSHOT)?</version>\\R  <packaging>");
  }

  private static String image(List<Rendered> objects, String kind) {
    return one(objects, kind).at("/spec/template/spec/containers/0/image").asText();
  }

  private static JsonNode one(List<Rendered> objects, String kind) {
    return objects.stream()
        .filter(object -> object.kind().equals(kind))
        .findFirst()
        .orElseThrow()
        .object();
  }

  private static List<String> ids(List<Rendered> objects) {
    return objects.stream().map(object -> object.id() + object.object().get("spec")).toList();
  }

  /** The paths of all values that a schema allows, without those below maps of any keys. */
  private static void properties(String path, JsonNode schema, Set<String> found) {
    JsonNode properties = schema.path("properties");
    properties
        .properties()
        .forEach(
            property -> {
              String inner = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
              if (property.getValue().has("properties")) {
                properties(inner, property.getValue(), found);
              }
              found.add(inner);
            });
  }
}
