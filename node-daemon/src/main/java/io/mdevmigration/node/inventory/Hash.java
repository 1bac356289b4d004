package io.mdevmigration.node.inventory;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Short hashes of texts, for revisions and identities that are only ever compared. */
public final class Hash {
  /** Hex digits of a revision or an identity. */
  static final int LENGTH = 20;

  private Hash() {}

  /**
   * The first hex digits of SHA-256 over the parts, each followed by NUL.
   *
   * @param length hex digits, 1 to 64
   */
  public static String of(int length, String... parts) {
    return of(length, List.of(parts));
  }

  /** The first hex digits of SHA-256 over a text, with nothing behind it. */
  public static String ofText(int length, String text) {
    return hex(length, sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  static String of(int length, Iterable<String> parts) {
    MessageDigest sha256 = sha256();
    for (String part : parts) {
      sha256.update(part.getBytes(StandardCharsets.UTF_8));
      sha256.update((byte) 0);
    }
    return hex(length, sha256.digest());
  }

  private static String hex(int length, byte[] hash) {
    return HexFormat.of().formatHex(hash).substring(0, length);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
