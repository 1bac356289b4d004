package io.mdevmigration.node.uevent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.posix.UeventSocket;
import io.mdevmigration.node.posix.UeventSocket.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UeventListenerTest {
  private static final String MODULE = "add@/module/mdev\0SUBSYSTEM=module\0";
  private static final String PARENT = "change@/devices/a\0MDEV_STATE=registered\0";

  private final FakeSocket socket = new FakeSocket();
  private final List<KernelChange> changes = new CopyOnWriteArrayList<>();
  private final UeventListener listener =
      UeventListener.start(() -> socket, changes::add).orElseThrow();

  @AfterEach
  void end() {
    listener.close();
  }

  @Test
  void whatTheKernelSaysIsTold() {
    socket.comes(new Message(0, MODULE, false));
    socket.comes(new Message(0, "add@/devices/a/uuid\0SUBSYSTEM=mdev\0", false));
    socket.comes(new Message(0, PARENT, false));
    await().until(() -> changes.size() == 2);
    assertThat(changes).containsExactly(KernelChange.MODULE, KernelChange.REGISTERED);
    assertThat(listener.counts()).isEqualTo(new UeventListener.Counts(3, 0, 0));
  }

  @Test
  void whatOthersSayMeansNothing() {
    socket.comes(new Message(4711, PARENT, false));
    socket.comes(new Message(-1, PARENT, true));
    socket.comes(new Message(0, MODULE, false));
    await().until(() -> !changes.isEmpty());
    assertThat(changes).containsExactly(KernelChange.MODULE);
    assertThat(listener.counts()).isEqualTo(new UeventListener.Counts(1, 2, 0));
  }

  @Test
  void lostAndUnreadableMessagesAreTold() {
    socket.fails(Errno.ENOBUFS);
    socket.comes(new Message(0, MODULE, true));
    socket.comes(new Message(0, MODULE, false));
    await().until(() -> changes.size() == 3);
    assertThat(changes).containsExactly(KernelChange.LOST, KernelChange.LOST, KernelChange.MODULE);
    assertThat(listener.counts().lost()).isEqualTo(2);
  }

  @Test
  void whoeverCannotTakeUpAChangeIsToldOfTheNext() {
    AtomicInteger told = new AtomicInteger();
    FakeSocket other = new FakeSocket();
    try (UeventListener failing =
        UeventListener.start(
                () -> other,
                change -> {
                  told.incrementAndGet();
                  throw new IllegalStateException("on purpose");
                })
            .orElseThrow()) {
      other.comes(new Message(0, MODULE, false));
      other.comes(new Message(0, MODULE, false));
      await().until(() -> told.get() == 2);
      assertThat(failing.counts().received()).isEqualTo(2);
    }
  }

  @Test
  void closingEndsIt() {
    listener.close();
    assertThat(socket.closed).isTrue();
    socket.comes(new Message(0, MODULE, false));
    assertThat(changes).isEmpty();
    listener.close();
  }

  @Test
  void aFailureIsOvercome() {
    socket.fails(Errno.ENOMEM);
    socket.comes(new Message(0, MODULE, false));
    await().until(() -> changes.size() == 2);
    assertThat(changes).containsExactly(KernelChange.LOST, KernelChange.MODULE);
  }

  @Test
  void withoutASocketThereIsNoListener() {
    assertThat(
            UeventListener.start(
                () -> {
                  throw new PosixException("socket", Path.of("netlink"), Errno.EPERM);
                },
                changes::add))
        .isEmpty();
    assertThat(
            UeventListener.start(
                () -> {
                  throw new UnsatisfiedLinkError("eventfd");
                },
                changes::add))
        .isEmpty();
  }

  /** A socket to which things come when a test says so. */
  private static final class FakeSocket implements UeventSocket {
    private interface Coming {
      Optional<Message> come() throws PosixException;
    }

    private final BlockingQueue<Coming> coming = new LinkedBlockingQueue<>();
    private volatile boolean closed;

    void comes(Message message) {
      coming.add(() -> Optional.of(message));
    }

    void fails(int errno) {
      coming.add(
          () -> {
            throw new PosixException("recvfrom", Path.of("netlink"), errno);
          });
    }

    @Override
    public Optional<Message> receive() throws PosixException {
      try {
        return coming.take().come();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      closed = true;
      coming.add(Optional::empty);
    }
  }
}
