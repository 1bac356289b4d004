package io.mdevmigration.e2e.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads what follows the head of an HTTP/1.1 message. */
final class Body {
  private static final byte[] NOTHING = {};

  private Body() {}

  static boolean isChunked(Head head) {
    return head.has("Transfer-Encoding", "chunked");
  }

  /** The whole body of a request. */
  static byte[] ofRequest(Head head, InputStream in) throws IOException {
    return isChunked(head) ? chunks(in) : fixed(head.field("Content-Length").orElse("0"), in);
  }

  /** The whole body of an answer; without a length it ends with the stream. */
  static byte[] ofAnswer(Head head, InputStream in) throws IOException {
    int status = head.status();
    if (status < 200 || status == 204 || status == 304) {
      return NOTHING;
    }
    if (isChunked(head)) {
      return chunks(in);
    }
    Optional<String> length = head.field("Content-Length");
    return length.isPresent() ? fixed(length.get(), in) : in.readAllBytes();
  }

  /** The next chunk; empty at the end of the body. */
  static Optional<byte[]> chunk(InputStream in) throws IOException {
    String size = Head.line(in).orElseThrow(() -> new EOFException("a body without its end"));
    int semicolon = size.indexOf(';');
    int length = Integer.parseInt(semicolon < 0 ? size : size.substring(0, semicolon), 16);
    if (length == 0) {
      while (!Head.line(in).orElse("").isEmpty()) {
        // a trailer, of no use to anyone
      }
      return Optional.empty();
    }
    byte[] chunk = exactly(length, in);
    Head.line(in);
    return Optional.of(chunk);
  }

  static byte[] exactly(int length, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("%d of %d bytes".formatted(bytes.length, length));
    }
    return bytes;
  }

  private static byte[] fixed(String length, InputStream in) throws IOException {
    return exactly(Integer.parseInt(length), in);
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Optional<byte[]> chunk = chunk(in); chunk.isPresent(); chunk = chunk(in)) {
      all.writeBytes(chunk.get());
    }
    return all.toByteArray();
  }
}
