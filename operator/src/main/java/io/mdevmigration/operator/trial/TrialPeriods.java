package io.mdevmigration.operator.trial;

import java.time.Duration;

/**
 * How long a trial waits.
 *
 * @param begin for the node to store that it is about to ask; then the next node gets the trial
 * @param silence for an answer, from the beginning of the trial; then the class is suspected. More
 *     than two reads or writes may take on the node (its deadline, 5 s unless set otherwise)
 */
public record TrialPeriods(Duration begin, Duration silence) {
  /** 10 s to begin, 2 minutes to answer. */
  public static final TrialPeriods DEFAULT =
      new TrialPeriods(Duration.ofSeconds(10), Duration.ofMinutes(2));

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
  }
}
