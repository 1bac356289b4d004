package io.mdevmigration.node.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the version string to ask about comes from. */
final class VersionSource {
  /** More than any version string, and never a whole disk. */
  private static final int LIMIT = 65_536;

  private VersionSource() {}

  /**
   * The version string in a file, such as the source's version attribute itself, without the one
   * newline that it may end with. Bytes that are no ASCII stay what they are, to be refused later.
   *
   * @throws IOException if it cannot be read
   */
  static String file(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    }
  }

  /**
   * The same from a stream.
   *
   * @throws IOException if it cannot be read
   */
  static String read(InputStream in) throws IOException {
    String text = new String(in.readNBytes(LIMIT), StandardCharsets.ISO_8859_1);
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
