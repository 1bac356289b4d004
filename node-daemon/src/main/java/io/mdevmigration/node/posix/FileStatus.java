package io.mdevmigration.node.posix;

/**
 * What stat(2) says of a file.
 *
 * @param inode the inode number: a sysfs attribute gets a new one with each reload of its driver
 * @param mode the permission bits, such as 0644 octal
 */
public record FileStatus(long inode, int mode) {
  /** Whether any write bit is set. Opening a file without one gives EACCES to root as well. */
  public boolean hasWriteBit() {
    return (mode & 0222) != 0;
  }
}
