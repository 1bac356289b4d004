package io.mdevmigration.operator.trial;

import java.time.Duration;

/**
 * How long a trial waits, and how long a class that has been tried on a driver waits for others
 * that are still being tried there: then the driver's nodes are asked about all of them at once.
 *
 * @param begin for the node to store that it is about to ask; then the next node gets the trial
 * @param silence for an answer, from the beginning of the trial; then the class is suspected. More
 *     than two reads or writes may take on the node (its deadline, 5 s unless set otherwise)
 * @param next a class that has been tried: for the next trial on the driver to end, at most
 * @param together the same: for all others, at most
 */
public record TrialPeriods(Duration begin, Duration silence, Duration next, Duration together) {
  /** 10 s to begin, 2 minutes to answer; 1 s for the next, 10 s for all others. */
  public static final TrialPeriods DEFAULT =
      new TrialPeriods(
          Duration.ofSeconds(10),
          Duration.ofMinutes(2),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10));

  /** Periods of which the last two are the default's. */
  public TrialPeriods(Duration begin, Duration silence) {
    this(begin, silence, DEFAULT.next, DEFAULT.together);
  }

  /**
   * Periods.
   *
   * @throws IllegalArgumentException if they leave a node no time
   */
  public TrialPeriods {
    if (begin.compareTo(Duration.ofMillis(100)) < 0 || silence.compareTo(begin) < 0) {
      throw new IllegalArgumentException(
          "a trial needs 100 ms or more to begin, and at least as long for its answer");
    }
    if (next.isNegative() || together.compareTo(next) < 0) {
      throw new IllegalArgumentException(
          "a class waits 0 s or more for the next one, and at least as long for all others");
    }
  }
}
