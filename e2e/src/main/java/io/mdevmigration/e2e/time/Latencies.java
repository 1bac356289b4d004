package io.mdevmigration.e2e.time;

import java.time.Duration;
import java.util.List;

/**
 * How long something took each time.
 *
 * @param sorted the shortest first
 */
public record Latencies(List<Duration> sorted) {
  public Latencies {
    sorted = sorted.stream().sorted().toList();
  }

  /** How often it was done. */
  public int count() {
    return sorted.size();
  }

  /**
   * The least time, in ms, that at least so many in a hundred do not exceed; 0 of nothing.
   *
   * @param percent 1 to 100
   */
  public double percentile(int percent) {
    if (sorted.isEmpty()) {
      return 0;
    }
    int rank = (sorted.size() * percent + 99) / 100;
    return sorted.get(rank - 1).toNanos() / 1e6;
  }

  /** A line of a table, in ms. */
  public String line(String what) {
    return "%-34s %7d %8.1f %8.1f %8.1f"
        .formatted(what, count(), percentile(50), percentile(99), percentile(100));
  }

  /** What the columns of {@link #line(String)} are. */
  public static String head(String what) {
    return "%-34s %7s %8s %8s %8s".formatted(what, "count", "p50", "p99", "max");
  }
}
