package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

/** The version attribute of a type on a parent. */
public sealed interface VersionAttribute {
  /** The driver has none for this type: the type does not support migration. */
  record Absent() implements VersionAttribute {}

  /**
   * Whether there is one could not be found out.
   *
   * @param errno the error number
   */
  record Unreadable(int errno) implements VersionAttribute {}

  /**
   * The driver has one.
   *
   * @param name which of the configured names it has
   * @param inode its inode number: a new one after each reload of the driver
   * @param writable whether its mode has a write bit
   * @param reading what reading it gave
   */
  record Present(String name, long inode, boolean writable, Reading reading)
      implements VersionAttribute {
    public Present {
      requireNonNull(name, "name");
      requireNonNull(reading, "reading");
    }
  }
}
