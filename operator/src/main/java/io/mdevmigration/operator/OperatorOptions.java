package io.mdevmigration.operator;

import io.mdevmigration.operator.trial.TrialPeriods;
import java.time.Duration;

/**
 * How the operator works.
 *
 * @param nodeWorkers nodes that are written at the same time, at least 1
 * @param unwantedGrace how long a class has to be unwanted before its labels and checks go
 * @param trials how long a trial waits
 */
public record OperatorOptions(int nodeWorkers, Duration unwantedGrace, TrialPeriods trials) {
  /**
   * Options.
   *
   * @throws IllegalArgumentException if a number is out of its bounds
   */
  public OperatorOptions {
    if (nodeWorkers < 1 || nodeWorkers > 256) {
      throw new IllegalArgumentException("1 to 256 nodes are written at the same time");
    }
  }
}
