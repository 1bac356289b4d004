package io.mdevmigration.operator;

import io.mdevmigration.operator.trial.TrialPeriods;
import java.time.Duration;

/**
 * How the operator works.
 *
 * @param nodeWorkers nodes that are written at the same time, at least 1
 * @param unwantedGrace how long a class has to be unwanted before its labels and checks go
 * @param trials how long a trial waits
 * @param relist how often everything is listed afresh, 1 s to 24 h
 */
public record OperatorOptions(
    int nodeWorkers, Duration unwantedGrace, TrialPeriods trials, Duration relist) {
  /** How often everything is listed afresh where nothing else is said. */
  public static final Duration RELIST = Duration.ofMinutes(10);

  private static final Duration RELIST_MIN = Duration.ofSeconds(1);
  private static final Duration RELIST_MAX = Duration.ofHours(24);

  /**
   * Options.
   *
   * @throws IllegalArgumentException if a number is out of its bounds
   */
  public OperatorOptions {
    if (nodeWorkers < 1 || nodeWorkers > 256) {
      throw new IllegalArgumentException("1 to 256 nodes are written at the same time");
    }
    if (relist.compareTo(RELIST_MIN) < 0 || relist.compareTo(RELIST_MAX) > 0) {
      throw new IllegalArgumentException("everything is listed afresh every 1s to 24h");
    }
  }

  /** Options with fresh lists every 10 minutes. */
  public OperatorOptions(int nodeWorkers, Duration unwantedGrace, TrialPeriods trials) {
    this(nodeWorkers, unwantedGrace, trials, RELIST);
  }
}
