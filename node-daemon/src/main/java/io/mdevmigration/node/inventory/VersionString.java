package io.mdevmigration.node.inventory;

import io.mdevmigration.crds.Api;
import io.mdevmigration.node.sysfs.Printable;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Which version strings may be published, and written to a driver. */
public final class VersionString {
  private VersionString() {}

  /** Whether a string may be written: 1 to 4,095 characters of printable ASCII. */
  public static boolean isValid(String version) {
    return flaw(version).isEmpty();
  }

  /** What keeps a string from being written, as a sentence without a full stop. */
  public static Optional<String> flaw(String version) {
    if (version.isEmpty()) {
      return Optional.of(
          "the version string is empty: a write of nothing is never seen by the driver; copy what"
              + " the source's version attribute gives");
    }
    if (version.length() > Api.VERSION_MAX) {
      return Optional.of(
          "the version string has %d characters: a driver sees %d at most"
              .formatted(version.length(), Api.VERSION_MAX));
    }
    OptionalInt first =
        IntStream.range(0, version.length())
            .filter(i -> !Printable.isPrintable(version.charAt(i)))
            .findFirst();
    return first.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "character %d of the version string is %s: only printable ASCII may be written to a"
                    .formatted(first.getAsInt() + 1, name(version.charAt(first.getAsInt())))
                + " driver");
  }

  private static String name(char c) {
    return switch (c) {
      case 0 -> "NUL";
      case '\n' -> "a newline";
      case '\r' -> "a carriage return";
      case '\t' -> "a tab";
      default -> c < 128 ? "control character %d".formatted((int) c) : "not ASCII";
    };
  }
}
