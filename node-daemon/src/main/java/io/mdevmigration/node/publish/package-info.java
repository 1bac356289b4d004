/**
 * Keeps the node's own MdevNodeState: publishes the inventory, watches the checks, publishes the
 * answers.
 */
package io.mdevmigration.node.publish;
