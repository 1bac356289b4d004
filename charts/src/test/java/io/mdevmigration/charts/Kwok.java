package io.mdevmigration.charts;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.Binaries;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** kwok: it plays the kubelets of nodes that are made here, and their pods run at once. */
final class Kwok implements AutoCloseable {
  private static final String PLAYED = "kwok.x-k8s.io/node";

  private final OwnedProcess process;

  private Kwok(OwnedProcess process) {
    this.process = process;
  }

  /** Starts kwok; the first time on a machine this builds it. */
  static Kwok start(ControlPlane controlPlane) {
    Path script = Project.root().resolve("e2e/kwok/install");
    return new Kwok(
        OwnedProcess.start(
            "kwok",
            List.of(
                Binaries.install(script, List.of()).program("kwok").toString(),
                "--kubeconfig=" + controlPlane.kubeconfig(),
                "--manage-all-nodes=false",
                "--manage-nodes-with-annotation-selector=" + PLAYED + "=fake",
                "--node-lease-duration-seconds=40"),
            controlPlane.directory().resolve("kwok.log")));
  }

  /** A node whose kubelet is played. */
  static void addNode(KubernetesClient client, String name, Map<String, String> labels) {
    Map<String, Quantity> room =
        Map.of(
            "cpu", new Quantity("32"),
            "memory", new Quantity("64Gi"),
            "pods", new Quantity("110"));
    client
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels("kubernetes.io/os", "linux")
                .addToLabels(labels)
                .addToAnnotations(PLAYED, "fake")
                .endMetadata()
                .withNewStatus()
                .withCapacity(room)
                .withAllocatable(room)
                .endStatus()
                .build())
        .create();
  }

  @Override
  public void close() {
    process.kill();
  }
}
