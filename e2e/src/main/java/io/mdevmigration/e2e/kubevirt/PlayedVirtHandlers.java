package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plays virt-handler, virt-launcher and QEMU of every node: a machine whose pod runs is running and
 * can migrate; a migration that virt-controller has handed over is listened for, started, and ends
 * on the target or fails there, as a {@link MigrationStream} says. The fields and their order are
 * those of KubeVirt v1.8's pkg/virt-handler/migration-{source,target}.go.
 */
final class PlayedVirtHandlers implements AutoCloseable {
  private final KubernetesClient client;
  private final PlayedKubelets kubelets;
  private final MigrationStream stream;
  private final Reactions<GenericKubernetesResource> machines;

  /**
   * Begins at once.
   *
   * @param client with virt-handler's rights; stays open
   * @param kubelets who are told of launchers that end
   */
  PlayedVirtHandlers(KubernetesClient client, PlayedKubelets kubelets, MigrationStream stream) {
    this.client = client;
    this.kubelets = kubelets;
    this.stream = stream;
    this.machines =
        new Reactions<>(
            "played-virt-handlers",
            client.genericKubernetesResources(KubeVirtResources.INSTANCE).inAnyNamespace(),
            this::serve);
  }

  private void serve(GenericKubernetesResource machine) {
    String phase = machine.get("status", "phase");
    if (machine.getMetadata().getDeletionTimestamp() != null) {
      if ("Running".equals(phase)) {
        patch(machine, Map.of("status", Map.of("phase", "Succeeded")));
      }
    } else if ("Scheduled".equals(phase)) {
      patch(machine, Map.of("status", started(machine)));
    } else if ("Running".equals(phase)) {
      Map<String, Object> migration = machine.get("status", "migrationState");
      if (migration != null && migration.get("endTimestamp") == null) {
        advance(machine, migration);
      }
    }
  }

  private static Map<String, Object> started(GenericKubernetesResource machine) {
    List<Map<String, Object>> found = machine.get("status", "conditions");
    List<Map<String, Object>> conditions = new ArrayList<>(found == null ? List.of() : found);
    conditions.removeIf(
        condition -> List.of("LiveMigratable", "Ready").contains(condition.get("type")));
    for (String type : List.of("LiveMigratable", "Ready")) {
      conditions.add(Map.of("type", type, "status", "True", "lastTransitionTime", now()));
    }
    return Map.of("phase", "Running", "selinuxContext", "none", "conditions", conditions);
  }

  /** One step of a migration; the next one follows when this one is seen. */
  private void advance(GenericKubernetesResource machine, Map<String, Object> migration) {
    if (migration.get("targetNode") == null) {
      return;
    }
    if (migration.get("targetNodeAddress") == null) {
      patchMigration(
          machine,
          Map.of(
              "targetNodeAddress",
              "192.0.2.2",
              "targetDirectMigrationNodePorts",
              Map.of("49152", 0)));
    } else if (migration.get("startTimestamp") == null) {
      patchMigration(machine, Map.of("startTimestamp", now()));
    } else {
      end(machine, (String) migration.get("sourceNode"), (String) migration.get("targetNode"));
    }
  }

  private void end(GenericKubernetesResource machine, String source, String target) {
    Map<String, Object> labels = new HashMap<>();
    labels.put(KubeVirtResources.MIGRATION_TARGET, null);
    if (stream.arrives(source, target)) {
      labels.put(KubeVirtResources.NODE_NAME, target);
      Map<String, Object> status = new HashMap<>();
      status.put("nodeName", target);
      status.put("evacuationNodeName", null);
      status.put(
          "migrationState",
          Map.of(
              "targetNodeDomainDetected",
              true,
              "targetNodeDomainReadyTimestamp",
              now(),
              "completed",
              true,
              "endTimestamp",
              now()));
      patch(machine, Map.of("metadata", Map.of("labels", labels), "status", status));
      kubelets.end(machine, source, "Succeeded");
    } else {
      Map<String, Object> failed =
          Map.of(
              "failed",
              true,
              "completed",
              true,
              "endTimestamp",
              now(),
              "failureReason",
              "qemu-kvm: vfio: error while loading state of device gpu on " + target);
      patch(
          machine,
          Map.of("metadata", Map.of("labels", labels), "status", Map.of("migrationState", failed)));
      kubelets.end(machine, target, "Failed");
    }
  }

  private void patchMigration(GenericKubernetesResource machine, Map<String, Object> change) {
    patch(machine, Map.of("status", Map.of("migrationState", change)));
  }

  /** Patches the machine if it still is as it was seen; it has no status subresource. */
  private void patch(GenericKubernetesResource machine, Map<String, Object> change) {
    Map<String, Object> metadata = new HashMap<>();
    Optional.ofNullable(change.get("metadata"))
        .ifPresent(
            given ->
                ((Map<?, ?>) given).forEach((key, value) -> metadata.put((String) key, value)));
    metadata.put("resourceVersion", machine.getMetadata().getResourceVersion());
    Map<String, Object> patch = new HashMap<>(change);
    patch.put("metadata", metadata);
    client
        .genericKubernetesResources(KubeVirtResources.INSTANCE)
        .resource(machine)
        .patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(patch));
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @Override
  public void close() {
    machines.close();
  }
}
