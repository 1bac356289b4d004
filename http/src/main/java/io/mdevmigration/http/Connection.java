package io.mdevmigration.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One client: a request, a response, the end. Never waits. */
final class Connection {
  private final SocketChannel channel;
  private final Pages pages;
  private final ByteBuffer received;
  private final long end;
  private Optional<ByteBuffer> response = Optional.empty();

  /**
   * A connection that has just come.
   *
   * @param end when it has to be over, in {@link System#nanoTime()}
   */
  Connection(SocketChannel channel, Pages pages, int requestBytes, long end) {
    this.channel = channel;
    this.pages = pages;
    this.received = ByteBuffer.allocate(requestBytes);
    this.end = end;
  }

  /** How long it may last from now on, in nanoseconds; negative if its time is over. */
  long left(long now) {
    return end - now;
  }

  /**
   * Reads or writes what can be without waiting.
   *
   * @return what it waits for next, as an interest set of {@link SelectionKey}; empty at its end
   */
  Optional<Integer> goOn() throws IOException {
    if (channel.read(received) < 0) {
      return Optional.empty();
    }
    if (response.isEmpty()) {
      String text =
          new String(received.array(), 0, received.position(), StandardCharsets.ISO_8859_1);
      response = pages.answer(text, !received.hasRemaining()).map(ByteBuffer::wrap);
      if (response.isEmpty()) {
        return Optional.of(SelectionKey.OP_READ);
      }
    }
    if (response.get().hasRemaining()) {
      channel.write(response.get());
      if (response.get().hasRemaining()) {
        return Optional.of(SelectionKey.OP_WRITE);
      }
      channel.shutdownOutput();
    }
    // Closed before the client has said all, the kernel would reset the connection and the client
    // might lose the response: what it still says is read and forgotten until it has enough.
    received.clear();
    return Optional.of(SelectionKey.OP_READ);
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Then it is gone already.
      return;
    }
  }
}
