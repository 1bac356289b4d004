package io.mdevmigration.node.uevent;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One message of the kernel about one of its objects: {@code ACTION@DEVPATH}, then any number of
 * {@code KEY=VALUE}, each ended by NUL (lib/kobject_uevent.c).
 *
 * @param action add, remove, change, bind, …
 * @param devpath the object's path below {@code /sys}, with a slash in front
 * @param properties the keys with their values; one character per byte, whatever the byte
 */
public record Uevent(String action, String devpath, Map<String, String> properties) {
  /** Twice what the kernel sends at most: 2 KiB of properties, and the path once more. */
  static final int BYTES_MAX = 8192;

  /** The kernel has 64 of them at most. */
  private static final int PROPERTIES_MAX = 128;

  private static final Pattern HEADER = Pattern.compile("([a-z]{1,32})@(/[^\0]{0,4095})");

  public Uevent {
    requireNonNull(action, "action");
    requireNonNull(devpath, "devpath");
    properties = Map.copyOf(properties);
  }

  /**
   * Reads a message. Whatever it holds, nothing is thrown.
   *
   * @param message its bytes, one character each
   * @return what it says; empty if it is none of the kernel's, as those that udev sends to its own
   *     listeners, or if its end is missing
   */
  public static Optional<Uevent> parse(String message) {
    if (message.length() > BYTES_MAX || !message.endsWith("\0")) {
      return Optional.empty();
    }
    String[] parts = message.substring(0, message.length() - 1).split("\0", -1);
    Matcher header = HEADER.matcher(parts[0]);
    if (!header.matches() || parts.length > PROPERTIES_MAX + 1) {
      return Optional.empty();
    }
    Map<String, String> properties = new HashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      // Drivers may add a word without a value.
      if (equals > 0) {
        properties.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
      }
    }
    return Optional.of(new Uevent(header.group(1), header.group(2), properties));
  }

  /** The value of a property, empty text if it has none. */
  String property(String key) {
    return properties.getOrDefault(key, "");
  }
}
