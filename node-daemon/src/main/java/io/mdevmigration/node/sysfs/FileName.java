package io.mdevmigration.node.sysfs;

/** The names that may become part of a path below sysfs. */
public final class FileName {
  /** The longest that Linux knows. */
  private static final int MAX = 255;

  private FileName() {}

  /**
   * Whether a name stays in its directory and can be published: one path component of printable
   * ASCII without blanks.
   */
  public static boolean isSafe(String name) {
    return !name.isEmpty()
        && name.length() <= MAX
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().allMatch(c -> c > ' ' && c <= '~' && c != '/');
  }
}
