package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Plays the kubelet of every node: what is bound to a node runs at once, and what is deleted is
 * gone at once. Which node a pod is bound to, and whether the node has a device left, is
 * kube-scheduler's business and not played.
 */
final class PlayedKubelets implements AutoCloseable {
  private final KubernetesClient client;
  private final Map<String, String> targets = new ConcurrentHashMap<>();
  private final Reactions<Pod> pods;

  PlayedKubelets(KubernetesClient client) {
    this.client = client;
    this.pods = new Reactions<>("played-kubelets", client.pods().inAnyNamespace(), this::serve);
  }

  /**
   * What a kubelet, the device plugins and the node life-cycle controller make of a Node that has
   * just been created: it can hold pods, and it is ready.
   *
   * @param cpus how many; kube-scheduler prefers the node with more of them free
   * @param devices how many of each extended resource
   */
  void ready(String node, int cpus, Map<String, Integer> devices) {
    Map<String, Object> room = new HashMap<>(devices);
    room.put("cpu", cpus);
    room.put("memory", 4 * cpus + "Gi");
    room.put("pods", 110);
    room.put("ephemeral-storage", "100Gi");
    for (String device : List.of("kvm", "tun", "vhost-net")) {
      room.put("devices.kubevirt.io/" + device, "1k");
    }
    Resource<Node> stored = client.nodes().withName(node);
    PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
    stored
        .subresource("status")
        .patch(
            merge,
            Serialization.asJson(Map.of("status", Map.of("capacity", room, "allocatable", room))));
    stored.patch(merge, "{\"spec\":{\"taints\":null}}");
  }

  /**
   * The node that kube-scheduler has bound the target pod of a migration to, also when the pod is
   * gone again; empty if it has not bound it.
   *
   * @param uid of the migration
   */
  Optional<String> target(String uid) {
    return Optional.ofNullable(targets.get(uid));
  }

  /** How many devices of an extended resource kube-scheduler could still give away on a node. */
  int free(String node, String resource) {
    int allocatable =
        client
            .nodes()
            .withName(node)
            .require()
            .getStatus()
            .getAllocatable()
            .get(resource)
            .getNumericalAmount()
            .intValueExact();
    long taken =
        client.pods().inAnyNamespace().withField("spec.nodeName", node).list().getItems().stream()
            .filter(pod -> !Set.of("Succeeded", "Failed").contains(pod.getStatus().getPhase()))
            .flatMap(pod -> pod.getSpec().getContainers().stream())
            .filter(
                container ->
                    container.getResources() != null
                        && container.getResources().getLimits() != null
                        && container.getResources().getLimits().containsKey(resource))
            .count();
    return allocatable - Math.toIntExact(taken);
  }

  /**
   * The virt-launcher of a machine on a node has no guest any more and ends, and its pod with it.
   *
   * @param phase Succeeded or Failed
   */
  void end(GenericKubernetesResource machine, String node, String phase) {
    for (Pod pod :
        client
            .pods()
            .inNamespace(machine.getMetadata().getNamespace())
            .withLabel(KubeVirtResources.CREATED_BY, machine.getMetadata().getUid())
            .list()
            .getItems()) {
      if (node.equals(pod.getSpec().getNodeName())) {
        client
            .resource(pod)
            .subresource("status")
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                Serialization.asJson(Map.of("status", Map.of("phase", phase))));
      }
    }
  }

  private void serve(Pod pod) {
    if (pod.getSpec().getNodeName() == null) {
      return;
    }
    String migration = pod.getMetadata().getLabels().get(KubeVirtResources.MIGRATION_JOB);
    if (migration != null) {
      targets.put(migration, pod.getSpec().getNodeName());
    }
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      client.resource(pod).withGracePeriod(0).delete();
    } else if ("Pending".equals(pod.getStatus().getPhase())) {
      client.resource(running(pod)).updateStatus();
    }
  }

  private static Pod running(Pod pod) {
    String now = Instant.now().toString();
    return new PodBuilder(pod)
        .editStatus()
        .withPhase("Running")
        .withPodIP("192.0.2.1")
        .withStartTime(now)
        .withConditions(
            Stream.of("PodScheduled", "Initialized", "ContainersReady", "Ready")
                .map(type -> condition(type, now))
                .toList())
        .withInitContainerStatuses(started(pod.getSpec().getInitContainers(), now))
        .withContainerStatuses(started(pod.getSpec().getContainers(), now))
        .endStatus()
        .build();
  }

  private static PodCondition condition(String type, String now) {
    return new PodConditionBuilder()
        .withType(type)
        .withStatus("True")
        .withLastTransitionTime(now)
        .build();
  }

  private static List<ContainerStatus> started(List<Container> containers, String now) {
    return containers.stream()
        .map(
            container ->
                new ContainerStatusBuilder()
                    .withName(container.getName())
                    .withImage(container.getImage())
                    .withImageID("played")
                    .withContainerID("played://" + container.getName())
                    .withReady(true)
                    .withStarted(true)
                    .withRestartCount(0)
                    .withNewState()
                    .withNewRunning()
                    .withStartedAt(now)
                    .endRunning()
                    .endState()
                    .build())
        .toList();
  }

  @Override
  public void close() {
    pods.close();
  }
}
