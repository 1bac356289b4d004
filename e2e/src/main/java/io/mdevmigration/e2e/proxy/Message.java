package io.mdevmigration.e2e.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** A piece of a watch, as it is passed on. */
final class Message {
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int LAST = 0x80;
  private static final int MASKED = 0x80;

  private final byte[] wire;
  private final Optional<String> event;

  private Message(byte[] wire, Optional<String> event) {
    this.wire = wire;
    this.event = event;
  }

  /** The bytes; not to be changed. */
  byte[] wire() {
    return wire;
  }

  /** The event in it as JSON; empty if it is something else, a ping for example. */
  Optional<String> event() {
    return event;
  }

  /** Reads messages one after the other. */
  interface Source {
    /** The next; empty at the end. */
    Optional<Message> next() throws IOException;

    /** An event of one's own in the way that this source writes them. */
    Message of(String event);
  }

  /** The messages that a server sends over a websocket: RFC 6455, unmasked. */
  static Source webSocket(InputStream in) {
    return new Source() {
      @Override
      public Optional<Message> next() throws IOException {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        boolean data = false;
        while (true) {
          int first = in.read();
          if (first < 0) {
            return Optional.empty();
          }
          int second = Byte.toUnsignedInt(Body.exactly(1, in)[0]);
          wire.write(first);
          wire.write(second);
          byte[] payload = payload(second, wire, in);
          int code = first & 0x0f;
          data |= code == TEXT || code == BINARY;
          boolean control = code > BINARY;
          if (!control) {
            text.writeBytes(payload);
          }
          // A control frame may come between the parts of a message.
          if (control ? !data : (first & LAST) != 0) {
            return Optional.of(
                new Message(
                    wire.toByteArray(),
                    data ? Optional.of(text.toString(StandardCharsets.UTF_8)) : Optional.empty()));
          }
        }
      }

      @Override
      public Message of(String event) {
        byte[] text = event.getBytes(StandardCharsets.UTF_8);
        boolean isShort = text.length < 126;
        ByteBuffer frame = ByteBuffer.allocate(text.length + (isShort ? 2 : 4));
        frame.put((byte) (LAST | TEXT));
        if (isShort) {
          frame.put((byte) text.length);
        } else {
          frame.put((byte) 126).putShort((short) text.length);
        }
        return new Message(frame.put(text).array(), Optional.of(event));
      }
    };
  }

  /** The lines that a server sends in chunks. */
  static Source lines(InputStream in) {
    return new Source() {
      private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
      private final Queue<Message> complete = new ArrayDeque<>();

      @Override
      public Optional<Message> next() throws IOException {
        while (complete.isEmpty()) {
          Optional<byte[]> chunk = Body.chunk(in);
          if (chunk.isEmpty()) {
            return Optional.empty();
          }
          for (byte b : chunk.get()) {
            begun.write(b);
            if (b == '\n') {
              complete.add(of(begun.toString(StandardCharsets.UTF_8).strip()));
              begun.reset();
            }
          }
        }
        return Optional.of(complete.remove());
      }

      @Override
      public Message of(String event) {
        byte[] line = (event + "\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes(
            (Integer.toHexString(line.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.writeBytes(line);
        chunk.writeBytes(new byte[] {'\r', '\n'});
        return new Message(chunk.toByteArray(), Optional.of(event));
      }
    };
  }

  private static byte[] payload(int second, ByteArrayOutputStream wire, InputStream in)
      throws IOException {
    if ((second & MASKED) != 0) {
      throw new IOException("a server does not mask what it sends");
    }
    int length = second;
    if (second >= 126) {
      byte[] bytes = Body.exactly(second == 126 ? 2 : 8, in);
      wire.writeBytes(bytes);
      ByteBuffer number = ByteBuffer.wrap(bytes);
      length =
          second == 126
              ? Short.toUnsignedInt(number.getShort())
              : Math.toIntExact(number.getLong());
    }
    byte[] payload = Body.exactly(length, in);
    wire.writeBytes(payload);
    return payload;
  }
}
