package io.mdevmigration.e2e.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has taken so far, by proc(5).
 *
 * @param peakRssMiB the most memory it had resident at a time, VmHWM
 * @param cpuSeconds of all its threads, in user and kernel mode
 * @param threads that it has now
 */
record ProcessFigures(double peakRssMiB, double cpuSeconds, int threads) {
  /** USER_HZ, which is 100 on every architecture that Linux runs Java on. */
  private static final double TICKS_PER_SECOND = 100;

  /**
   * Counted behind the name, which may contain blanks: of the fields that proc(5) numbers from 1.
   */
  private static final int BEHIND_NAME = 3;

  private static final int UTIME = 14;
  private static final int STIME = 15;

  /**
   * Of a process that runs.
   *
   * @throws UncheckedIOException if it does not
   */
  static ProcessFigures of(long pid) {
    Path proc = Path.of("/proc", Long.toString(pid));
    try {
      List<String> status = Files.readAllLines(proc.resolve("status"));
      String stat = Files.readString(proc.resolve("stat"));
      List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
      double ticks =
          Long.parseLong(fields.get(UTIME - BEHIND_NAME))
              + Long.parseLong(fields.get(STIME - BEHIND_NAME));
      return new ProcessFigures(
          number(status, "VmHWM:") / 1024.0,
          ticks / TICKS_PER_SECOND,
          (int) number(status, "Threads:"));
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " does not run any more", e);
    }
  }

  private static long number(List<String> status, String key) {
    return status.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).replace("kB", "").strip())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + key + " in /proc"));
  }
}
