package io.mdevmigration.node.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A netlink socket of the group to which the Linux kernel sends its uevents. No capability is
 * needed; the network namespace must belong to the first user namespace, or nothing arrives.
 */
public final class JnaUeventSocket implements UeventSocket {
  /** NETLINK_KOBJECT_UEVENT in include/uapi/linux/netlink.h. */
  private static final int PROTOCOL = 15;

  /** The kernel's own messages; those that udev passes on have group 2. */
  private static final int GROUP = 1;

  /** The kernel makes messages of UEVENT_BUFFER_SIZE, 2 KiB, and a path. */
  private static final int MESSAGE_BYTES = 8192;

  /** Hundreds of parents come at once. The kernel gives what net.core.rmem_max allows. */
  private static final int BUFFER_BYTES = 8 << 20;

  /** struct sockaddr_nl: family, padding, port id, groups. */
  private static final int ADDRESS_BYTES = 12;

  private static final int PORT_OFFSET = 4;
  private static final int GROUPS_OFFSET = 8;

  /** struct pollfd: descriptor, events, returned events. */
  private static final int POLLFD_BYTES = 8;

  private static final int EVENTS_OFFSET = 4;
  private static final int RETURNED_OFFSET = 6;

  /** What the failed calls are called on, in the words of netlink(7). */
  private static final Path NAME = Path.of("NETLINK_KOBJECT_UEVENT");

  private final int fd;

  /** Readable once the socket is closed. */
  private final int closing;

  private final Memory message = new Memory(MESSAGE_BYTES);
  private final Memory address = new Memory(ADDRESS_BYTES);
  private final Memory addressLength = new Memory(Integer.BYTES);
  private final Memory waiting = new Memory(2L * POLLFD_BYTES);

  /** Guarded by this, like all below. */
  private boolean closed;

  private boolean receiving;
  private boolean released;

  private JnaUeventSocket(int fd, int closing) {
    this.fd = fd;
    this.closing = closing;
    for (int i = 0; i < 2; i++) {
      waiting.setInt((long) i * POLLFD_BYTES, i == 0 ? fd : closing);
      waiting.setShort((long) i * POLLFD_BYTES + EVENTS_OFFSET, LibCSockets.POLLIN);
    }
  }

  /**
   * Opens the socket. What the kernel sends from now on is received.
   *
   * @throws PosixException EPROTONOSUPPORT, EPERM, EACCES, …
   */
  public static JnaUeventSocket open() throws PosixException {
    int fd =
        succeeded(
            "socket",
            LibCSockets.socket(
                LibCSockets.AF_NETLINK, LibCSockets.SOCK_RAW | LibCSockets.SOCK_CLOEXEC, PROTOCOL));
    try {
      try (Memory size = new Memory(Integer.BYTES)) {
        size.setInt(0, BUFFER_BYTES);
        // Without it fewer fit, and what does not fit is told as lost.
        LibCSockets.setsockopt(
            fd, LibCSockets.SOL_SOCKET, LibCSockets.SO_RCVBUF, size, Integer.BYTES);
      }
      try (Memory address = new Memory(ADDRESS_BYTES)) {
        address.clear();
        address.setShort(0, (short) LibCSockets.AF_NETLINK);
        address.setInt(GROUPS_OFFSET, GROUP);
        succeeded("bind", LibCSockets.bind(fd, address, ADDRESS_BYTES));
      }
      return new JnaUeventSocket(
          fd, succeeded("eventfd", LibCSockets.eventfd(0, LibCSockets.EFD_CLOEXEC)));
    } catch (PosixException e) {
      LibC.close(fd);
      throw e;
    }
  }

  @Override
  public Optional<Message> receive() throws PosixException {
    synchronized (this) {
      if (closed) {
        return Optional.empty();
      }
      receiving = true;
    }
    try {
      while (awaitMessage()) {
        Optional<Message> received = receiveNow();
        if (received.isPresent()) {
          return received;
        }
      }
      return Optional.empty();
    } finally {
      synchronized (this) {
        receiving = false;
        releaseIfDone();
      }
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (receiving) {
      try (Memory one = new Memory(Long.BYTES)) {
        one.setLong(0, 1);
        LibC.write(closing, one, Long.BYTES);
      }
    }
    releaseIfDone();
  }

  /** A descriptor that is waited on must not be closed: its number may be another's by then. */
  private void releaseIfDone() {
    if (closed && !receiving && !released) {
      released = true;
      LibC.close(fd);
      LibC.close(closing);
    }
  }

  /** Waits for something to receive; false once the socket is closed. */
  private boolean awaitMessage() throws PosixException {
    while (true) {
      int ready = LibCSockets.poll(waiting, 2, -1);
      if (ready == -1 && Native.getLastError() != Errno.EINTR) {
        throw new PosixException("poll", NAME, Native.getLastError());
      }
      if (ready > 0) {
        return waiting.getShort(POLLFD_BYTES + RETURNED_OFFSET) == 0;
      }
    }
  }

  /** Empty if there was nothing after all. */
  private Optional<Message> receiveNow() throws PosixException {
    addressLength.setInt(0, ADDRESS_BYTES);
    address.clear();
    long length =
        LibCSockets.recvfrom(
            fd,
            message,
            MESSAGE_BYTES,
            LibCSockets.MSG_TRUNC | LibCSockets.MSG_DONTWAIT,
            address,
            addressLength);
    if (length == -1) {
      int errno = Native.getLastError();
      if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
        return Optional.empty();
      }
      throw new PosixException("recvfrom", NAME, errno);
    }
    return Optional.of(
        new Message(
            address.getInt(PORT_OFFSET),
            new String(
                message.getByteArray(0, (int) Math.min(length, MESSAGE_BYTES)),
                StandardCharsets.ISO_8859_1),
            length > MESSAGE_BYTES));
  }

  private static int succeeded(String call, int result) throws PosixException {
    if (result == -1) {
      throw new PosixException(call, NAME, Native.getLastError());
    }
    return result;
  }
}
