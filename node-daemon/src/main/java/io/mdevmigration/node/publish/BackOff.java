package io.mdevmigration.node.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long to wait after failures in a row: from half a second, doubled, to ten seconds unless said
 * otherwise, which is as often as a kubelet renews its lease: a node that comes back is heard of
 * soon, and an API server that comes back is not asked more by daemons than it is by kubelets.
 */
final class BackOff {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final double jitter;
  private final Duration longest;
  private Duration wait = FIRST;
  private Optional<Instant> until = Optional.empty();

  /**
   * No failure so far.
   *
   * @param jitter takes up to half off each wait: 0 nothing, 1 half
   */
  BackOff(double jitter) {
    this(jitter, LONGEST);
  }

  /** Waits that grow to another length. */
  BackOff(double jitter, Duration longest) {
    this.jitter = jitter;
    this.longest = longest;
  }

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
    wait = doubled.compareTo(longest) > 0 ? longest : doubled;
    return current.minusMillis((long) (current.toMillis() / 2.0 * jitter));
  }

  /** Whether it is too early for another try. */
  boolean isWaiting(Instant now) {
    // A clock that has been put back since must not make the wait longer.
    Instant latest = now.plus(longest);
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
