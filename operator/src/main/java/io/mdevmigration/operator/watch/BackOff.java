package io.mdevmigration.operator.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits that double from one failure to the next, up to a bound. Not thread-safe. */
final class BackOff {
  private static final int DOUBLINGS = 6;

  private final Duration longest;
  private final RandomGenerator random;
  private int failures;

  /**
   * A back-off before the first failure.
   *
   * @param longest the longest wait
   * @param random for the jitter
   */
  BackOff(Duration longest, RandomGenerator random) {
    this.longest = longest;
    this.random = random;
  }

  /** How long to wait after one more failure: half of what it may be at this stage, or more. */
  Duration next() {
    Duration ceiling = longest.dividedBy(1L << Math.max(0, DOUBLINGS - failures));
    failures = Math.min(failures + 1, DOUBLINGS);
    long half = ceiling.toNanos() / 2;
    return Duration.ofNanos(half + random.nextLong(half + 1));
  }

  /** It worked: the next failure is the first again. */
  void reset() {
    failures = 0;
  }
}
