package io.mdevmigration.node.sysfs;

/** Text from a driver, made harmless for a terminal and for the API. */
public final class Printable {
  private Printable() {}

  /**
   * The text with everything but printable ASCII replaced by {@code ?}, cut to a length.
   *
   * @param max characters at most
   */
  public static String of(String text, int max) {
    StringBuilder printable = new StringBuilder();
    text.chars().limit(max).forEach(c -> printable.append(isPrintable(c) ? (char) c : '?'));
    return printable.toString();
  }

  /** Whether a character is printable ASCII. */
  public static boolean isPrintable(int c) {
    return c >= ' ' && c <= '~';
  }
}
