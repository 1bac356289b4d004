package io.mdevmigration.operator.trial;

import java.time.Duration;

/**
 * How long a trial waits.
 *
 * @param begin for the node to store that it is about to ask; then the next node gets the trial
 * @param silence for an answer, from the beginning of the trial; then the class is suspected. More
 *     than two reads or writes may take on the node (its deadline, 5 s unless set otherwise)
 * @param together for others that the node still tries, at most, before the driver's nodes are
 *     asked about a class that it has tried: then they are asked about all of them at once
 */
public record TrialPeriods(Duration begin, Duration silence, Duration together) {
  /** 10 s to begin, 2 minutes to answer, 1 s for others. */
  public static final TrialPeriods DEFAULT =
      new TrialPeriods(Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ofSeconds(1));

  /** Periods of which the last is 1 s, or a quarter of the first if that is less. */
  public TrialPeriods(Duration begin, Duration silence) {
    this(begin, silence, min(DEFAULT.together, begin.dividedBy(4)));
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
    // As long as the node's check of one trial stays, the next node of its class cannot begin.
    if (together.isNegative() || together.compareTo(begin) >= 0) {
      throw new IllegalArgumentException(
          "a class that has been tried waits for less time than a trial may take to begin");
    }
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
