package io.mdevmigration.e2e.controlplane;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The processes of one control plane: starts them, waits until they are ready, ends them all. */
final class Processes {
  private static final long POLL_MILLIS = 50;

  private final Binaries binaries;
  private final Path directory;
  private final Duration timeout;
  private final List<OwnedProcess> launched = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /**
   * No processes yet.
   *
   * @param directory for their logs, {@code <program>.log}
   * @param timeout how long each may take until it is ready
   */
  Processes(Binaries binaries, Path directory, Duration timeout) {
    this.binaries = binaries;
    this.directory = directory;
    this.timeout = timeout;
  }

  /**
   * Starts a program.
   *
   * @param arguments its own
   * @param added behind them: of two for one flag the later one counts
   * @throws IllegalStateException if everything has been ended
   */
  OwnedProcess launch(String program, List<String> arguments, List<String> added) {
    List<String> command = new ArrayList<>(List.of(binaries.program(program).toString()));
    command.addAll(arguments);
    command.addAll(added);
    launched.removeIf(process -> !process.isAlive());
    OwnedProcess process =
        OwnedProcess.start(program, command, directory.resolve(program + ".log"));
    launched.add(process);
    if (closed) { // asked after adding, as killAll() says so before it reads the list
      process.kill();
      throw new IllegalStateException("the control plane is closed");
    }
    return process;
  }

  /**
   * Waits until a process is ready.
   *
   * @throws ControlPlaneException with the end of its log if it ends or takes too long
   */
  void await(OwnedProcess process, Probe probe) {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      Optional<String> complaint = probe.complaint();
      if (complaint.isEmpty()) {
        return;
      }
      if (!process.isAlive()) {
        throw process.failure("ended instead of getting ready");
      }
      if (System.nanoTime() - deadline > 0) {
        throw process.failure("is not ready after %s: %s".formatted(timeout, complaint.get()));
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        throw ControlPlaneException.interrupted("waiting for " + process.name(), e);
      }
    }
  }

  /** Those that run at this moment. */
  List<OwnedProcess> alive() {
    return launched.stream().filter(OwnedProcess::isAlive).toList();
  }

  /** Ends all with SIGKILL, and every one that is started from now on. */
  void killAll() {
    closed = true;
    launched.forEach(OwnedProcess::kill);
  }

  static boolean isAlive(OwnedProcess process) {
    return process != null && process.isAlive();
  }

  static void kill(OwnedProcess process) {
    if (process != null) {
      process.kill();
    }
  }
}
