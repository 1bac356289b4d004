package io.mdevmigration.node.sysfs;

/** How much to read. */
public enum ScanScope {
  /** What is published: not what changes with every VM. */
  INVENTORY,
  /** Capacity and instances as well. */
  EVERYTHING
}
