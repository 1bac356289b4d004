package io.mdevmigration.operator.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow;
import java.util.List;
import java.util.Map;

/**
 * Writes what was decided about a node: its labels and its checks, each in one patch, sent once. A
 * patch that fails is not repeated here: by then the decision may be outdated.
 */
public final class NodeWriter {
  private final KubernetesClient client;

  /**
   * A writer.
   *
   * @param client who writes
   */
  public NodeWriter(KubernetesClient client) {
    RequestConfig once =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withRequestRetryBackoffLimit(0)
            .build();
    this.client =
        client
            .adapt(NamespacedKubernetesClient.class)
            .withRequestConfig(once)
            .call(derived -> derived);
  }

  /**
   * Patches own labels of a Node and nothing else. The patch names the Node's uid, so that it fails
   * on a later Node of the same name.
   *
   * @param changes label key to the row that adds or removes it
   * @return the Node as it stands now
   */
  public Node patchLabels(NodeFacts node, Map<String, LabelRow> changes) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    ObjectNode metadata = patch.putObject("metadata").put("uid", node.uid());
    ObjectNode labels = metadata.putObject("labels");
    changes.forEach(
        (key, row) -> {
          switch (row.effect()) {
            case ADD -> labels.put(key, MdevClass.LABEL_VALUE);
            case REMOVE -> labels.putNull(key);
            case KEEP -> throw new IllegalArgumentException("nothing to change about " + key);
          }
        });
    Node named = new Node();
    named.setMetadata(named(node.name()));
    return client.resource(named).patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
  }

  /**
   * Replaces the checks of a node's MdevNodeState. The patch tests the generation that the decision
   * was made on, so that it fails when someone else has written the spec since. From then on the
   * API server keeps no managed fields of the object, until someone applies it server-side.
   *
   * @return the object as it stands now
   */
  public MdevNodeState patchChecks(NodeReport report, List<Check> checks) {
    var patch = JsonNodeFactory.instance.arrayNode();
    patch
        .addObject()
        .put("op", "test")
        .put("path", "/metadata/generation")
        .put("value", report.generation());
    // This value begins the record of who wrote which field anew, and updates do not resume it. For
    // two programs that write the object all the time it was more than a quarter of it, and a sixth
    // of what their writes cost the API server.
    patch
        .addObject()
        .put("op", "add")
        .put("path", "/metadata/managedFields")
        .putArray("value")
        .addObject();
    var add = patch.addObject().put("op", "add");
    var value =
        report.hasSpec()
            ? add.put("path", "/spec/checks").putArray("value")
            : add.put("path", "/spec").putObject("value").putArray("checks");
    for (Check check : checks) {
      ObjectNode item = value.addObject().put("type", check.type()).put("version", check.version());
      if (check.driver() != null) {
        item.put("driver", check.driver());
      }
      if (check.triesFirst()) {
        item.put("trial", true);
      }
    }
    MdevNodeState named = new MdevNodeState();
    named.setMetadata(named(report.name()));
    return client.resource(named).patch(PatchContext.of(PatchType.JSON), patch.toString());
  }

  /** Of an object to patch: with a name alone the client would read the object first. */
  private static ObjectMeta named(String name) {
    return new ObjectMetaBuilder().withName(name).build();
  }
}
