package io.mdevmigration.node.sysfs;

/**
 * Which versions have been read before, of the same attribute. Others are read twice in a row: a
 * version that differs between two reads is none.
 */
public interface Familiar {
  /** Knows none: every version is read twice. */
  Familiar NONE = (parent, type, inode, version) -> false;

  /**
   * Whether one read is enough.
   *
   * @param inode the attribute's inode number
   * @param version what the first read gave
   */
  boolean isFamiliar(String parent, String type, long inode, String version);
}
