package io.mdevmigration.e2e.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What is noted of a process with a JVM while it runs: its pauses by its own log, and how many
 * threads it has at most, looked up several times a second.
 */
final class JvmWatch implements AutoCloseable {
  private static final long LOOK_MILLIS = 200;

  private final long pid;
  private final Path log;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "jvm-watch");
            thread.setDaemon(true);
            return thread;
          });
  private int threads;

  private JvmWatch(long pid, Path log) {
    this.pid = pid;
    this.log = log;
  }

  /** What has the JVM of a process that is to be started write its pauses to a file, anew. */
  static Map<String, String> environment(Path log) {
    // Quotes for the JVM's list of options around those for its list of outputs.
    return Map.of("JAVA_TOOL_OPTIONS", "'-Xlog:gc:file=\"%s\"::filecount=0'".formatted(log));
  }

  /**
   * Begins.
   *
   * @param pid of a process that was started with {@link #environment}
   * @param log the file given there
   */
  static JvmWatch begin(long pid, Path log) {
    JvmWatch watch = new JvmWatch(pid, log);
    // An exception ends the looks: the process has ended.
    var unused =
        watch.looks.scheduleAtFixedRate(watch::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  private synchronized void look() {
    threads = Math.max(threads, ProcessFigures.of(pid).threads());
  }

  /** What the process has taken so far. */
  ProcessFigures figures() {
    return ProcessFigures.of(pid);
  }

  /** How long the process has stood still so far. */
  GcPauses pauses() {
    try {
      return GcPauses.parse(Files.readAllLines(log));
    } catch (IOException e) {
      throw new UncheckedIOException("a JVM has not written its pauses", e);
    }
  }

  /**
   * Notes pauses and threads.
   *
   * @param who the process, as the names of figures have it
   * @param what the same in words
   */
  void note(String who, String what, Figures figures) {
    GcPauses pauses = pauses();
    figures.put(who + "GcPauses", what + ": pauses for garbage collection", pauses.count());
    figures.put(who + "GcPauseMaxMs", "  the longest, ms", pauses.longestMillis());
    figures.put(who + "GcPauseTotalMs", "  all of them, ms", pauses.totalMillis());
    figures.put(who + "Threads", what + ": threads, most at a time", threads());
  }

  private synchronized int threads() {
    look();
    return threads;
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
