package io.mdevmigration.e2e.kubevirt;

/** What becomes of a device's state on its way: the last word on whether a migration works. */
@FunctionalInterface
public interface MigrationStream {
  /** Whether the target's device takes the state of the source's. */
  boolean arrives(String sourceNode, String targetNode);
}
