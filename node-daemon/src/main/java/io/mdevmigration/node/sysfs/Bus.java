package io.mdevmigration.node.sysfs;

/** Whether {@code /sys/class/mdev_bus} is there. */
public enum Bus {
  /** It is, and its parents are known. */
  PRESENT,
  /** It is not, and no mdev module is loaded: this kernel offers nothing. */
  ABSENT,
  /** It could not be read, or what was looked at is not this kernel's sysfs. */
  UNREADABLE
}
