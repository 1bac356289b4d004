package io.mdevmigration.crds;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short hashes of texts. */
final class Sha256 {
  private Sha256() {}

  /**
   * The first hex digits of SHA-256 over a text in UTF-8.
   *
   * @param length hex digits, 1 to 64
   */
  static String hex(int length, String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, length);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
