package io.mdevmigration.charts;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A control plane with the real scheduler and controllers, and three nodes whose kubelets kwok
 * plays: gpu-a, gpu-b with a GPU's taint, and plain, where KubeVirt does not schedule. Pods run
 * because kwok says so: whether the programs do their work in them is tested elsewhere.
 */
final class PlayedCluster implements AutoCloseable {
  /** A label as the operator sets it. */
  static final String LABEL = "accepts.mdevmigration.io/sample-A.0123456789abcdef0123";

  private final ControlPlane controlPlane =
      ControlPlane.start(new Options().scheduler().controllerManager());
  private final KubernetesClient client = controlPlane.client("chart-test");
  private final Kwok kwok = Kwok.start(controlPlane);

  /** Starts it; that takes some ten seconds. */
  PlayedCluster() {
    Map<String, String> scheduled = Map.of("kubevirt.io/schedulable", "true");
    Kwok.addNode(client, "gpu-a", scheduled);
    Kwok.addNode(client, "gpu-b", scheduled);
    Kwok.addNode(client, "plain", Map.of());
    kubectl("taint", "node", "gpu-b", "nvidia.com/gpu=present:NoSchedule");
  }

  KubernetesClient client() {
    return client;
  }

  Path kubeconfig() {
    return controlPlane.kubeconfig();
  }

  /** The folder that holds kubectl. */
  Path programs() {
    return controlPlane.program("kubectl").getParent();
  }

  /** The certificate that signed the API server's, in a file. */
  Path certificate() {
    return controlPlane.apiServerCertificate();
  }

  /** What kubectl wrote; it has to work. */
  String kubectl(String... arguments) {
    return controlPlane.kubectl(arguments).orThrow().stdout();
  }

  CommandResult kubectlWithInput(String input, String... arguments) {
    return controlPlane.kubectlWithInput(input, arguments);
  }

  /** The pods of a workload. */
  List<Pod> pods(String namespace, String name) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("app.kubernetes.io/name", name)
        .list()
        .getItems();
  }

  /** Where these pods are. */
  List<String> nodesOf(String namespace, String name) {
    return pods(namespace, name).stream().map(pod -> pod.getSpec().getNodeName()).toList();
  }

  /** What daemons, operator and people leave: a label, and an object of each kind. */
  void populate() {
    kubectl("label", "--overwrite", "node", "gpu-a", LABEL + "=true");
    kubectlWithInput(
            """
            apiVersion: mdevmigration.io/v1alpha1
            kind: MdevNodeState
            metadata: {name: gpu-a}
            ---
            apiVersion: mdevmigration.io/v1alpha1
            kind: MigrationCompatibility
            metadata: {name: fleet}
            spec: {mdevType: sample-A, source: {nodes: {}}}
            """,
            "apply",
            "-f",
            "-")
        .orThrow();
  }

  @Override
  public void close() {
    kwok.close();
    client.close();
    controlPlane.close();
  }
}
