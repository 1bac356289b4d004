package io.mdevmigration.e2e.controlplane;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A child process that never outlives this JVM, not even when the JVM is killed with SIGKILL: the
 * kernel then sends SIGKILL to the child (PR_SET_PDEATHSIG, set by util-linux's {@code setpriv}).
 * The process id is that of the program itself. Output goes to a log file, appended, so that one
 * file tells of all restarts.
 *
 * <p>What the program itself starts is not covered.
 */
public final class OwnedProcess {
  /**
   * The kernel's signal fires when the <em>thread</em> that started the child ends, so that all are
   * started by one thread that lives as long as the JVM.
   */
  private static final ExecutorService LAUNCHER =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "owned-process-launcher");
            thread.setDaemon(true);
            return thread;
          });

  private static final int LOG_LINES = 20;
  private static final int LOG_BYTES = 16 * 1024;

  private final String name;
  private final Path log;
  private final Process process;

  private OwnedProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a program with this JVM's environment.
   *
   * @param name what messages call it
   * @param command the program and its arguments
   * @param log file that standard output and standard error are appended to
   * @throws ControlPlaneException if it cannot be started at all
   */
  public static OwnedProcess start(String name, List<String> command, Path log) {
    return start(name, command, Map.of(), log);
  }

  /** Like {@link #start(String, List, Path)}, with variables added to the environment. */
  public static OwnedProcess start(
      String name, List<String> command, Map<String, String> environment, Path log) {
    List<String> tied = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
    tied.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(tied)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      return new OwnedProcess(name, log, LAUNCHER.submit(builder::start).get());
    } catch (ExecutionException e) {
      throw new ControlPlaneException("cannot start " + name, e.getCause());
    } catch (InterruptedException e) {
      throw ControlPlaneException.interrupted("starting " + name, e);
    }
  }

  /** The name given at the start. */
  public String name() {
    return name;
  }

  /** The process id of the program. */
  public long pid() {
    return process.pid();
  }

  /** Whether the program still runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** The file with the program's output. */
  public Path log() {
    return log;
  }

  /** Ends the program with SIGKILL and returns once it is gone; does nothing if it is gone. */
  public void kill() {
    process.destroyForcibly();
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Asks the program to end with SIGTERM.
   *
   * @return the exit code (143 if the signal ended it), or -1 if it had to be killed after so long
   */
  public int terminate(long timeout, TimeUnit unit) {
    process.destroy();
    try {
      if (process.waitFor(timeout, unit)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    return -1;
  }

  /**
   * Holds the program up with SIGSTOP: it does nothing until {@link #resume()}, and its connections
   * stay open.
   *
   * @throws ControlPlaneException if it is gone
   */
  public void pause() {
    signal("STOP");
  }

  /**
   * Lets the program go on with SIGCONT.
   *
   * @throws ControlPlaneException if it is gone
   */
  public void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (code != 0) {
        throw failure("could not be sent SIG" + signal);
      }
    } catch (IOException e) {
      throw new ControlPlaneException("cannot run kill", e);
    } catch (InterruptedException e) {
      throw ControlPlaneException.interrupted("sending a signal to " + name, e);
    }
  }

  /**
   * Waits until the program has ended by itself.
   *
   * @return its exit code, or empty if it still runs after so long
   */
  public OptionalInt awaitEnd(long timeout, TimeUnit unit) {
    try {
      return process.waitFor(timeout, unit)
          ? OptionalInt.of(process.exitValue())
          : OptionalInt.empty();
    } catch (InterruptedException e) {
      throw ControlPlaneException.interrupted("waiting for the end of " + name, e);
    }
  }

  /** An exception that says {@code problem} and quotes the last lines of the log. */
  ControlPlaneException failure(String problem) {
    String state = process.isAlive() ? "still runs" : "exited with " + process.exitValue();
    return new ControlPlaneException(
        "%s %s (it %s). The end of %s:%n%s".formatted(name, problem, state, log, lastLines()));
  }

  /** The last lines of the log, as one text. */
  String lastLines() {
    try (var channel = Files.newByteChannel(log)) {
      channel.position(Math.max(0, channel.size() - LOG_BYTES));
      var buffer = ByteBuffer.allocate(LOG_BYTES);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until the buffer is full or the file ends
      }
      String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
      List<String> lines = text.lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(not readable: " + e + ")";
    }
  }
}
