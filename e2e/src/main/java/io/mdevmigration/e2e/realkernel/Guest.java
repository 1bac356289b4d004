package io.mdevmigration.e2e.realkernel;

import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One QEMU guest, booted by e2e/real-kernel/node, with the sample driver loaded. Commands run in it
 * as root, over the protocol that e2e/real-kernel/README.md describes.
 */
public final class Guest implements AutoCloseable {
  private static final Duration BOOT = Duration.ofMinutes(4);
  private static final Duration COMMAND = Duration.ofMinutes(4);

  private final String name;
  private final Path directory;
  private final OwnedProcess process;

  private Guest(String name, Path directory, OwnedProcess process) {
    this.name = name;
    this.directory = directory;
    this.process = process;
  }

  /**
   * Begins to boot a guest; {@link #awaitReady()} waits for it.
   *
   * @param name its host name
   * @param directory for its console log and its shared folder
   * @param driver parameters of the sample driver, each {@code name=value}
   * @param options more of e2e/real-kernel/node
   */
  public static Guest boot(String name, Path directory, List<String> driver, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Project.program("e2e/real-kernel/node").toString());
    command.addAll(List.of("--name", name, "--dir", directory.toString(), "--reboot-on-panic"));
    command.addAll(options);
    driver.forEach(parameter -> command.addAll(List.of("--module-arg", parameter)));
    try {
      Files.createDirectories(directory);
      Files.deleteIfExists(directory.resolve("share/ready"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Guest(
        name, directory, OwnedProcess.start(name, command, directory.resolve("node.log")));
  }

  /**
   * Waits until the guest can run commands.
   *
   * @throws IllegalStateException if it does not get there within 4 minutes
   */
  public Guest awaitReady() {
    return await("not ready", () -> Files.exists(share().resolve("ready")));
  }

  private Guest await(String otherwise, BooleanSupplier condition) {
    long end = System.nanoTime() + BOOT.toNanos();
    while (!condition.getAsBoolean()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(
            "guest %s is %s: see %s".formatted(name, otherwise, directory.resolve("console.log")));
      }
      pause();
    }
    return this;
  }

  /**
   * The boot that the guest is in.
   *
   * @return its boot id; empty while it boots
   */
  public Optional<String> bootId() {
    try {
      return Optional.of(Files.readString(share().resolve("ready")).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Boots it anew, without a word to what runs in it, and waits until it is ready. */
  public void reboot() {
    Optional<String> before = bootId();
    // Nobody answers this.
    run("(sleep 1; busybox reboot -f) < /dev/null > /dev/null 2>&1 &");
    awaitBootAfter(before.orElseThrow());
  }

  /**
   * Waits until it is ready in another boot.
   *
   * @throws IllegalStateException if it does not get there within 4 minutes
   */
  public void awaitBootAfter(String bootId) {
    await("still in boot " + bootId, () -> bootId().filter(now -> !now.equals(bootId)).isPresent());
  }

  /** Takes it off the network, as pulling the cable would; it does not run commands either. */
  public void cutOff() {
    monitor("set_link net off");
  }

  /** Ends {@link #cutOff()}. */
  public void reconnect() {
    monitor("set_link net on");
  }

  private void monitor(String command) {
    try {
      Files.writeString(directory.resolve("monitor.in"), command + "\n", StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException("guest " + name + ": " + command, e);
    }
  }

  /** The folder that is /node in the guest: files written on either side are seen on the other. */
  public Path share() {
    return directory.resolve("share");
  }

  /** What its kernel prints, since it was started; a reboot does not begin it anew. */
  public Path console() {
    return directory.resolve("console.log");
  }

  /**
   * Runs a shell command that has to work.
   *
   * @return what it printed, without white space at the end
   * @throws io.mdevmigration.e2e.controlplane.ControlPlaneException if its exit status is not 0
   */
  public String run(String command) {
    return sh(command).orThrow().stdout().stripTrailing();
  }

  /**
   * Runs a shell command.
   *
   * @throws UncheckedIOException if the guest does not answer within 4 minutes
   */
  public CommandResult sh(String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout((int) COMMAND.toMillis());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] bytes = command.getBytes(StandardCharsets.UTF_8);
      out.write(Files.readAllBytes(share().resolve("token")));
      out.writeInt(bytes.length);
      out.write(bytes);
      out.flush();
      return read(new DataInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException("guest " + name + ": " + command, e);
    }
  }

  private static CommandResult read(DataInputStream in) throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    while (true) {
      byte type = in.readByte();
      byte[] content = in.readNBytes(in.readInt());
      switch (type) {
        case 'o' -> stdout.write(content);
        case 'e' -> stderr.write(content);
        case 'x' -> {
          int status = Integer.parseInt(new String(content, StandardCharsets.UTF_8));
          return new CommandResult(
              status,
              stdout.toString(StandardCharsets.UTF_8),
              stderr.toString(StandardCharsets.UTF_8));
        }
        default -> throw new IOException("unknown message " + type);
      }
    }
  }

  private int port() throws IOException {
    return Integer.parseInt(Files.readString(directory.resolve("port")).strip());
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a guest boots", e);
    }
  }

  /** Ends the guest, as pulling the plug would. */
  @Override
  public void close() {
    process.terminate(20, TimeUnit.SECONDS);
  }
}
