package io.mdevmigration.node.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.mdevmigration.node.posix.UeventSocket.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The socket of the kernel that the tests run on; root can make it say something. */
@Timeout(60)
class JnaUeventSocketTest {
  /** The kernel repeats what is written here as a uevent of its own. */
  private static final Path LOOPBACK = Path.of("/sys/class/net/lo/uevent");

  @Test
  void theKernelsMessagesArriveWithPortZero() throws Exception {
    try (JnaUeventSocket socket = JnaUeventSocket.open()) {
      provoke();
      Message message = next(socket, "change@/devices/virtual/net/lo\0");
      assertThat(message.sender()).isZero();
      assertThat(message.cut()).isFalse();
      assertThat(message.bytes()).contains("\0SUBSYSTEM=net\0").endsWith("\0");
    }
  }

  @Test
  void theMessagesOfOthersArriveWithTheirPort() throws Exception {
    assumeTrue(Files.isWritable(LOOPBACK), "only root can send");
    try (JnaUeventSocket socket = JnaUeventSocket.open()) {
      Sender.send("add@/module/mdev\0SUBSYSTEM=module\0");
      assertThat(next(socket, "add@/module/mdev\0").sender()).isNotZero();
      Sender.send("long@/" + "x".repeat(9000) + "\0");
      Message message = next(socket, "long@/");
      assertThat(message.cut()).isTrue();
      assertThat(message.bytes()).hasSize(8192);
    }
  }

  @Test
  void messagesThatDoNotFitAreToldAsLostAndTheNextOnesArrive() throws Exception {
    try (JnaUeventSocket socket = JnaUeventSocket.open()) {
      assertThatExceptionOfType(PosixException.class)
          .isThrownBy(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  provoke();
                }
                socket.receive();
              })
          .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOBUFS));
      assertThat(socket.receive()).isPresent();
    }
  }

  @Test
  void closingEndsAWait() throws Exception {
    JnaUeventSocket socket = JnaUeventSocket.open();
    CompletableFuture<Optional<Message>> waiting = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                Optional<Message> received = socket.receive();
                while (received.isPresent()) {
                  received = socket.receive();
                }
                waiting.complete(received);
              } catch (PosixException e) {
                waiting.completeExceptionally(e);
              }
            });
    thread.start();
    TimeUnit.MILLISECONDS.sleep(50);
    socket.close();
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isEmpty();
    socket.close();
    assertThat(socket.receive()).as("once closed").isEmpty();
  }

  @Test
  void nothingIsLeftOpen() throws Exception {
    int before = descriptors();
    for (int i = 0; i < 300; i++) {
      JnaUeventSocket.open().close();
    }
    assertThat(descriptors()).isLessThan(before + 100);
  }

  private static int descriptors() throws PosixException {
    return new JnaPosix().list(Path.of("/proc/self/fd")).size();
  }

  private static void provoke() throws PosixException {
    assumeTrue(Files.isWritable(LOOPBACK), "only root can make the kernel say something");
    Posix posix = new JnaPosix();
    try (WritableFile uevent = posix.openForWriting(posix.realPath(LOOPBACK))) {
      uevent.write("change".getBytes(US_ASCII));
    }
  }

  /** The machine may say things of its own in between. */
  private static Message next(JnaUeventSocket socket, String beginning) throws PosixException {
    while (true) {
      Message message = socket.receive().orElseThrow();
      if (message.bytes().startsWith(beginning)) {
        return message;
      }
    }
  }

  /** Plays somebody who is not the kernel. */
  private static final class Sender {
    static {
      Native.register(Sender.class, "c");
    }

    private static native long sendto(
        int fd, Memory bytes, long length, int flags, Memory address, int addressLength);

    static void send(String text) {
      int fd = LibCSockets.socket(LibCSockets.AF_NETLINK, LibCSockets.SOCK_RAW, /* protocol= */ 15);
      try (Memory address = new Memory(12);
          Memory bytes = new Memory(text.length())) {
        address.clear();
        address.setShort(0, (short) LibCSockets.AF_NETLINK);
        address.setInt(8, 1);
        bytes.write(0, text.getBytes(US_ASCII), 0, text.length());
        // What the kernel itself makes of it is of no concern: the group has it by then.
        sendto(fd, bytes, text.length(), 0, address, 12);
      } finally {
        LibC.close(fd);
      }
    }
  }
}
