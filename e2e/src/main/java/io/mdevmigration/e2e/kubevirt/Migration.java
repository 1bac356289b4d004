package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A VirtualMachineInstanceMigration as it was stored when it was looked at.
 *
 * @param client to look for more
 * @param stored the object
 */
public record Migration(KubernetesClient client, GenericKubernetesResource stored) {
  private static final List<String> ENDS = List.of("Succeeded", "Failed");

  /** Its name, which a generator may have made. */
  public String name() {
    return stored.getMetadata().getName();
  }

  /** Its phase; empty before virt-controller has seen it. */
  public String phase() {
    String phase = stored.get("status", "phase");
    return phase == null ? "" : phase;
  }

  /** Whether nothing becomes of it any more. */
  public boolean isOver() {
    return ENDS.contains(phase());
  }

  /** {@code spec.addedNodeSelector}, empty where there is none. */
  public Map<String, String> addedNodeSelector() {
    Map<String, String> selector = stored.get("spec", "addedNodeSelector");
    return selector == null ? Map.of() : selector;
  }

  /** The target pod, if virt-controller has made one that is still there. */
  public Optional<Pod> targetPod() {
    return client
        .pods()
        .inNamespace(stored.getMetadata().getNamespace())
        .withLabel(KubeVirtResources.MIGRATION_JOB, stored.getMetadata().getUid())
        .list()
        .getItems()
        .stream()
        .findFirst();
  }

  /** Its uid. */
  public String uid() {
    return stored.getMetadata().getUid();
  }

  /** This migration as it is stored now; empty if it is gone. */
  public Optional<Migration> now() {
    return Optional.ofNullable(
            client
                .genericKubernetesResources(KubeVirtResources.MIGRATION)
                .inNamespace(stored.getMetadata().getNamespace())
                .withName(name())
                .get())
        .map(found -> new Migration(client, found));
  }

  @Override
  public String toString() {
    return "migration %s (%s, selector %s, target pod %s)"
        .formatted(
            name(),
            phase(),
            addedNodeSelector(),
            targetPod()
                .map(
                    pod ->
                        pod.getMetadata().getName()
                            + " "
                            + pod.getStatus().getPhase()
                            + " on "
                            + pod.getSpec().getNodeName()
                            + " "
                            + pod.getStatus().getConditions())
                .orElse("none"));
  }
}
