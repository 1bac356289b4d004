package io.mdevmigration.e2e.simulated;

/** What a driver thinks of one newline behind the string that is written. */
public enum Newline {
  /** With or without is the same string, as with the kernel's sysfs_streq(). */
  OPTIONAL,
  /** The string without it is another one, which nobody has told the driver about. */
  REQUIRED,
  /** The string with it is another one, which nobody has told the driver about. */
  REJECTED;

  /** What the driver looks up when this is written: the string without the newline it wants. */
  String stringIn(String written) {
    boolean ends = written.endsWith("\n");
    String bare = ends ? written.substring(0, written.length() - 1) : written;
    return switch (this) {
      case OPTIONAL -> bare;
      // A string that no test names, so that the driver's answer to any other string applies.
      case REQUIRED -> ends ? bare : written + "\0";
      case REJECTED -> written;
    };
  }
}
