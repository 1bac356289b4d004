package io.mdevmigration.e2e.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The first line and the header fields of an HTTP/1.1 message. Immutable.
 *
 * @param start the request line or the status line
 * @param fields the header fields in their order
 */
record Head(String start, List<Field> fields) {
  private static final int BYTES_MAX = 64 * 1024;

  /** A header field; names are equal whatever their case. */
  record Field(String name, String value) {
    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  Head {
    fields = List.copyOf(fields);
  }

  /** Reads a head; empty if the stream ends before its first byte. */
  static Optional<Head> read(InputStream in) throws IOException {
    Optional<String> start = line(in);
    if (start.isEmpty()) {
      return Optional.empty();
    }
    List<Field> fields = new ArrayList<>();
    while (true) {
      String line = line(in).orElseThrow(() -> new EOFException("a head without an end"));
      if (line.isEmpty()) {
        return Optional.of(new Head(start.get(), fields));
      }
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("no header field: " + line);
      }
      fields.add(new Field(line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
    }
  }

  /** Reads up to the end of a line; empty if the stream ends before the first character. */
  static Optional<String> line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        if (line.isEmpty()) {
          return Optional.empty();
        }
        throw new EOFException("the stream ends within a line");
      }
      if (line.length() > BYTES_MAX) {
        throw new IOException("a line of more than " + BYTES_MAX + " bytes");
      }
      line.append((char) next);
    }
    int length = line.length();
    if (length > 0 && line.charAt(length - 1) == '\r') {
      line.setLength(length - 1);
    }
    return Optional.of(line.toString());
  }

  Optional<String> field(String name) {
    return fields.stream().filter(field -> field.is(name)).map(Field::value).findFirst();
  }

  /** Whether a field's value, a list of words perhaps, has this word, whatever the case. */
  boolean has(String name, String word) {
    return field(name).orElse("").toLowerCase(Locale.ROOT).contains(word);
  }

  /** Whether the client wants to speak over a websocket from now on. */
  boolean isWebSocket() {
    return has("Upgrade", "websocket");
  }

  /** Without fields of these names, in lower case. */
  Head without(Set<String> names) {
    return new Head(
        start,
        fields.stream()
            .filter(field -> !names.contains(field.name().toLowerCase(Locale.ROOT)))
            .toList());
  }

  /** With one field more. */
  Head with(String name, String value) {
    List<Field> all = new ArrayList<>(fields);
    all.add(new Field(name, value));
    return new Head(start, all);
  }

  /** The n-th word of the first line, from 0. */
  String word(int n) {
    String[] words = start.split(" ", 3);
    return n < words.length ? words[n] : "";
  }

  /** The status of an answer; 0 if there is none. */
  int status() {
    try {
      return Integer.parseInt(word(1));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  byte[] bytes() {
    StringBuilder text = new StringBuilder(start).append("\r\n");
    fields.forEach(field -> text.append(field.name() + ": " + field.value() + "\r\n"));
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
