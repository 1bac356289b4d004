package io.mdevmigration.node.uevent;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.posix.UeventSocket;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for uevents on a thread of its own, from {@link #start} to {@link #close()}. Messages
 * that the kernel has not sent are counted and mean nothing: anyone in the same network namespace
 * may send them.
 */
public final class UeventListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UeventListener.class);

  private static final int FAILURES_IN_A_ROW = 10;
  private static final long PAUSE_MILLIS = 1000;

  private final UeventSocket socket;
  private final Consumer<KernelChange> changes;
  private final Thread thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong foreign = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();

  private UeventListener(UeventSocket socket, Consumer<KernelChange> changes) {
    this.socket = requireNonNull(socket, "socket");
    this.changes = requireNonNull(changes, "changes");
    this.thread = new Thread(this::listen, "mdev-uevent");
    thread.setDaemon(true);
  }

  /** Opens a socket. */
  public interface Opening {
    /**
     * Opens it.
     *
     * @throws PosixException if there is none to be had
     */
    UeventSocket open() throws PosixException;
  }

  /**
   * What came so far.
   *
   * @param received messages of the kernel
   * @param foreign messages of others
   * @param lost how often messages were lost, or came so that they could not be read
   */
  public record Counts(long received, long foreign, long lost) {}

  /**
   * Begins to listen. Where that cannot be, the log says so, and changes are found by reading the
   * tree again from time to time.
   *
   * @param changes told of each change, on the listener's thread; must return soon
   * @return empty if there is nothing to listen to
   */
  public static Optional<UeventListener> start(Opening opening, Consumer<KernelChange> changes) {
    try {
      UeventListener listener = new UeventListener(opening.open(), changes);
      listener.thread.start();
      return Optional.of(listener);
    } catch (PosixException | LinkageError e) {
      LOG.warn(
          "the kernel's uevents cannot be received ({}): a changed driver is noticed only when the"
              + " mdev tree is read again, see --rescan",
          e.getMessage());
      return Optional.empty();
    }
  }

  /** What came so far. */
  public Counts counts() {
    return new Counts(received.get(), foreign.get(), lost.get());
  }

  /** Ends listening; nothing is told after this. Not to be called by what is told of changes. */
  @Override
  public void close() {
    closed.countDown();
    socket.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen() {
    int failures = 0;
    while (true) {
      try {
        Optional<UeventSocket.Message> message = socket.receive();
        if (message.isEmpty()) {
          return;
        }
        heard(message.orElseThrow());
        failures = 0;
      } catch (PosixException e) {
        boolean overflow = e.errno() == Errno.ENOBUFS;
        failures = overflow ? 0 : failures + 1;
        lost(overflow ? "more came than could be received" : e.getMessage());
        if (failures >= FAILURES_IN_A_ROW) {
          LOG.error(
              "uevents are not received any more: a changed driver is noticed only when the mdev"
                  + " tree is read again, see --rescan");
          socket.close();
          return;
        }
        if (failures > 0 && isClosedWithin(PAUSE_MILLIS)) {
          socket.close();
          return;
        }
      }
    }
  }

  private void heard(UeventSocket.Message message) {
    if (message.sender() != 0) {
      if (foreign.getAndIncrement() == 0) {
        LOG.warn(
            "a uevent that port {} has sent, not the kernel, is ignored; later ones are too,"
                + " without a word",
            Integer.toUnsignedString(message.sender()));
      }
      return;
    }
    received.incrementAndGet();
    if (message.cut()) {
      lost("a message was too long");
      return;
    }
    Uevent.parse(message.bytes()).flatMap(KernelChange::of).ifPresent(this::tell);
  }

  private void lost(String why) {
    // Once: a storm that overflows the socket must not overflow the log.
    if (lost.getAndIncrement() == 0) {
      LOG.warn("uevents were lost ({}): the mdev tree is read again instead", why);
    }
    tell(KernelChange.LOST);
  }

  private void tell(KernelChange change) {
    try {
      changes.accept(change);
    } catch (RuntimeException e) {
      LOG.error("a uevent was not taken up", e);
    }
  }

  private boolean isClosedWithin(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
