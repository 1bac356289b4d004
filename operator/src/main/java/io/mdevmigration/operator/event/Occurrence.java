package io.mdevmigration.operator.event;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Something that happened to an object and is worth an event.
 *
 * @param about the object
 * @param type whether someone has to look at it
 * @param reason what happened, in one word
 * @param key what makes it the same as an earlier one, besides object and reason: then the earlier
 *     event counts up instead of a new one coming
 * @param message what happened and why: printable ASCII, at most 1,024 characters; what is given
 *     otherwise is made so, because parts of it come from drivers and from other nodes
 */
public record Occurrence(
    Involved about, EventType type, EventReason reason, String key, String message) {
  /** What the API server takes as the note of an event. */
  public static final int MESSAGE_MAX = 1024;

  private static final String CUT = "...";
  private static final int NAME_MAX = 200;
  private static final int HASH_LENGTH = 16;

  public Occurrence {
    requireNonNull(about, "about");
    requireNonNull(type, "type");
    requireNonNull(reason, "reason");
    requireNonNull(key, "key");
    message = shown(message, MESSAGE_MAX);
  }

  /**
   * The name of the event: the same for what is the same, whoever writes it. At most 253
   * characters, valid as a name if the object's own name is.
   */
  public String eventName() {
    String name = about.name().substring(0, Math.min(NAME_MAX, about.name().length()));
    String hash =
        hash(String.join("\0", about.kind(), about.uid(), about.name(), reason.toString(), key));
    return name.replaceAll("[^a-z0-9]+$", "") + "." + hash;
  }

  /**
   * A text as it may be shown: each character that is not printable ASCII becomes a question mark,
   * and what is too long ends in three dots.
   *
   * @param text anything
   * @param length the most characters, at least three
   */
  public static String shown(String text, int length) {
    String printable = text.replaceAll("[^ -~]", "?");
    return printable.length() <= length
        ? printable
        : printable.substring(0, length - CUT.length()) + CUT;
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, HASH_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
