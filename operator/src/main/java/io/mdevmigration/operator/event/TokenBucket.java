package io.mdevmigration.operator.event;

import java.time.Duration;
import java.time.Instant;

/** Lets so many pass at once, and then one per interval. Not thread-safe. */
final class TokenBucket {
  private final int burst;
  private final Duration interval;
  private int tokens;
  private Instant filled = Instant.MIN;

  /**
   * A full bucket.
   *
   * @param burst how many pass at once, at least 1
   * @param interval after which one more may pass
   */
  TokenBucket(int burst, Duration interval) {
    this.burst = burst;
    this.interval = interval;
    this.tokens = burst;
  }

  /** Whether one more may pass now. */
  boolean take(Instant now) {
    fill(now);
    if (tokens == 0) {
      return false;
    }
    tokens--;
    return true;
  }

  private void fill(Instant now) {
    if (tokens == burst || now.isBefore(filled)) {
      // A clock that was set back must not stop everything until it has caught up.
      filled = now;
      return;
    }
    long due = Duration.between(filled, now).dividedBy(interval);
    if (due >= burst - tokens) {
      tokens = burst;
      filled = now;
    } else {
      tokens += (int) due;
      filled = filled.plus(interval.multipliedBy(due));
    }
  }
}
