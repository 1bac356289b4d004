package io.mdevmigration.node.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long to wait after failures in a row: from half a second, doubled, to a minute. */
final class BackOff {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private Duration wait = FIRST;
  private Optional<Instant> until = Optional.empty();

  /** Counts a failure; gives when to try again. */
  Instant failed(Instant now) {
    Instant again = now.plus(next());
    until = Optional.of(again);
    return again;
  }

  /** Counts a failure; gives how long to wait. */
  Duration next() {
    Duration current = wait;
    Duration doubled = wait.multipliedBy(2);
    wait = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    return current;
  }

  /** Whether it is too early for another try. */
  boolean isWaiting(Instant now) {
    // A clock that has been put back since must not make the wait longer.
    Instant latest = now.plus(LONGEST);
    until = until.map(again -> again.isAfter(latest) ? latest : again);
    return until.filter(now::isBefore).isPresent();
  }

  /** When to try again; empty if the last try went well. */
  Optional<Instant> until() {
    return until;
  }

  /** Notes a success. */
  void reset() {
    wait = FIRST;
    until = Optional.empty();
  }
}
