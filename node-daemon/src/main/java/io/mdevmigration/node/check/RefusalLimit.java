package io.mdevmigration.node.check;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Bounds how many refusals a node's drivers are made to log: a burst for the day that a fleet's
 * classes come to a new node, then a steady few. Not thread-safe.
 */
public final class RefusalLimit {
  /** Refusals in a row: two for each check that a node can have. */
  static final int BURST = 256;

  /** How long until one more is allowed. */
  static final Duration EACH = Duration.ofMillis(250);

  /** How many are waited for, so that questions come, and answers are written, in batches. */
  private static final int BATCH = 64;

  private Instant fullAt = Instant.MIN;
  private Optional<Instant> throttledUntil = Optional.empty();

  /** Whether a question may be asked that may be refused. */
  public boolean allows(Instant now) {
    fullAt = atMost(fullAt, now.plus(EACH.multipliedBy(BURST)));
    if (throttledUntil(now).filter(now::isBefore).isPresent()) {
      return false;
    }
    boolean allowed = !fullAt.isAfter(now.plus(EACH.multipliedBy(BURST - 1L)));
    throttledUntil = allowed ? Optional.empty() : Optional.of(now.plus(EACH.multipliedBy(BATCH)));
    return allowed;
  }

  /** Counts a refusal. */
  public void refused(Instant now) {
    fullAt = (fullAt.isBefore(now) ? now : fullAt).plus(EACH);
  }

  /** Until when nothing is asked; empty while the limit is not reached. */
  public Optional<Instant> throttledUntil(Instant now) {
    throttledUntil = throttledUntil.map(until -> atMost(until, now.plus(EACH.multipliedBy(BATCH))));
    return throttledUntil;
  }

  /** A clock that has been put back must not make a wait longer. */
  private static Instant atMost(Instant moment, Instant latest) {
    return moment.isAfter(latest) ? latest : moment;
  }
}
