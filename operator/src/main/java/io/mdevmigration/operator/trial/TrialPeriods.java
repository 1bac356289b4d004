package io.mdevmigration.operator.trial;

import java.time.Duration;

/**
 * How long a trial waits.
 *
 * @param begin for the node to store that it is about to ask; then the next node gets the trial
 * @param silence for an answer, from the beginning of the trial; then the class is suspected. More
 *     than two reads or writes may take on the node (its deadline, 5 s unless set otherwise)
 * @param together for a class that has been tried, before the driver's nodes are asked about it,
 *     while others are still being tried there: then they are asked about all of them at once
 */
public record TrialPeriods(Duration begin, Duration silence, Duration together) {
  /** 10 s to begin, 2 minutes to answer, 1 s for others. */
  public static final TrialPeriods DEFAULT =
      new TrialPeriods(Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ofSeconds(1));

  /** Periods of which the last is 1 s. */
  public TrialPeriods(Duration begin, Duration silence) {
    this(begin, silence, DEFAULT.together);
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
    if (together.isNegative()) {
      throw new IllegalArgumentException("a class that has been tried waits for 0 s or more");
    }
  }
}
