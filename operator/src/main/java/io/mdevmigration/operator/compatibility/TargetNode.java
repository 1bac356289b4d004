package io.mdevmigration.operator.compatibility;

import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;

/**
 * A node that is to be asked, with what it says.
 *
 * @param node the node
 * @param report what its MdevNodeState says
 */
public record TargetNode(NodeFacts node, NodeReport report) {
  String name() {
    return node.name();
  }
}
