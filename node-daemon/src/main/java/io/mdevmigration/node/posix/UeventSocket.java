package io.mdevmigration.node.posix;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Where the kernel's uevents arrive. Everything above this interface is the same over a real socket
 * ({@link JnaUeventSocket}) and in tests.
 */
public interface UeventSocket extends AutoCloseable {
  /**
   * Waits for the next message; one thread at a time.
   *
   * @return the message; empty once the socket is closed
   * @throws PosixException ENOBUFS: messages were lost because nobody received them in time, and
   *     the next call goes on; any other: it may or may not
   */
  Optional<Message> receive() throws PosixException;

  /** Ends {@link #receive()}, on any thread, once or more often. */
  @Override
  void close();

  /**
   * What arrived.
   *
   * @param sender the sender's port id; 0 is the kernel, and nobody else can have it
   * @param bytes the message, or its beginning; one character per byte, whatever the byte
   * @param cut whether the message was longer than what is here
   */
  record Message(int sender, String bytes, boolean cut) {
    public Message {
      requireNonNull(bytes, "bytes");
    }
  }
}
