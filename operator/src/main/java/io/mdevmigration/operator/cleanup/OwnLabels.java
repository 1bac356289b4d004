package io.mdevmigration.operator.cleanup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.mdevmigration.crds.MdevClass;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The labels of a Node that are this project's, whoever set them.
 *
 * @param node the Node's name
 * @param uid the Node's uid
 * @param keys their keys, at least one
 */
record OwnLabels(String node, String uid, SortedSet<String> keys) {
  /** Those of a Node; empty if it has none. */
  static Optional<OwnLabels> of(Node node) {
    var labels = node.getMetadata().getLabels();
    if (labels == null) {
      return Optional.empty();
    }
    SortedSet<String> own = new TreeSet<>(labels.keySet());
    own.removeIf(key -> !MdevClass.isOwnLabel(key));
    return own.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new OwnLabels(node.getMetadata().getName(), node.getMetadata().getUid(), own));
  }

  /**
   * A JSON merge patch that takes these keys off, and names nothing else but the uid, so that it
   * fails on a later Node of the same name.
   */
  ObjectNode patch() {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    ObjectNode labels = patch.putObject("metadata").put("uid", uid).putObject("labels");
    keys.forEach(labels::putNull);
    return patch;
  }
}
