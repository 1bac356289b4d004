package io.mdevmigration.http;

import java.time.Duration;

/**
 * What clients may take.
 *
 * @param connections open at the same time, at least 1; one more, and the oldest is closed
 * @param requestBytes the longest request line and header fields together, at least 64
 * @param time how long a connection may last from its beginning to its end, whatever is sent
 */
public record Limits(int connections, int requestBytes, Duration time) {
  /** Enough for a kubelet and a collector of metrics, which both need milliseconds. */
  public static final Limits DEFAULT = new Limits(32, 8192, Duration.ofSeconds(5));

  /**
   * Limits.
   *
   * @throws IllegalArgumentException if nobody could be served
   */
  public Limits {
    if (connections < 1 || requestBytes < 64 || time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("with these limits nobody can be served");
    }
  }
}
