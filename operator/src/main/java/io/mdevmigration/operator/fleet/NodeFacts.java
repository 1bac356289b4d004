package io.mdevmigration.operator.fleet;

import io.fabric8.kubernetes.api.model.Node;
import io.mdevmigration.crds.MdevClass;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The few things of a Node that decisions are made from.
 *
 * @param name the Node's name
 * @param uid tells a Node from a later one of the same name
 * @param bootID the kubelet's report of the boot id; empty if it has not reported any
 * @param labels all labels
 * @param resources the extended resources that its kubelet counts, free or not, or even none at the
 *     moment because a device plugin is being restarted
 */
public record NodeFacts(
    String name,
    String uid,
    Optional<String> bootID,
    Map<String, String> labels,
    Set<String> resources) {

  public NodeFacts {
    labels = Map.copyOf(labels);
    resources = Set.copyOf(resources);
  }

  /** A node without extended resources. */
  public NodeFacts(String name, String uid, Optional<String> bootID, Map<String, String> labels) {
    this(name, uid, bootID, labels, Set.of());
  }

  /** The facts of a Node as the API server gives it. */
  public static NodeFacts of(Node node) {
    var labels = node.getMetadata().getLabels();
    return new NodeFacts(
        node.getMetadata().getName(),
        node.getMetadata().getUid(),
        Optional.ofNullable(node.getStatus())
            .map(status -> status.getNodeInfo())
            .map(info -> info.getBootID())
            .filter(bootID -> !bootID.isBlank()),
        labels == null ? Map.of() : labels,
        resources(node));
  }

  private static Set<String> resources(Node node) {
    return Optional.ofNullable(node.getStatus()).stream()
        .flatMap(status -> Stream.of(status.getCapacity(), status.getAllocatable()))
        .filter(counted -> counted != null)
        .flatMap(counted -> counted.keySet().stream())
        .filter(name -> name.contains("/"))
        .collect(Collectors.toSet());
  }

  /** The keys of the labels under this project's own prefix, whatever their values. */
  public Set<String> ownLabelKeys() {
    return labels.keySet().stream().filter(MdevClass::isOwnLabel).collect(Collectors.toSet());
  }

  /** The keys of the labels by which its driver accepts classes. */
  Set<String> acceptedLabelKeys() {
    return labels.entrySet().stream()
        .filter(label -> MdevClass.isOwnLabel(label.getKey()))
        .filter(label -> label.getValue().equals(MdevClass.LABEL_VALUE))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether nothing but this project's own labels and what the kubelet counts differs. */
  boolean sameButForOwnLabels(NodeFacts other) {
    return uid.equals(other.uid)
        && bootID.equals(other.bootID)
        && foreignLabels().equals(other.foreignLabels());
  }

  private Map<String, String> foreignLabels() {
    return labels.entrySet().stream()
        .filter(label -> !MdevClass.isOwnLabel(label.getKey()))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
