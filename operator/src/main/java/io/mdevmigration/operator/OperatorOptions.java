package io.mdevmigration.operator;

import java.time.Duration;

/**
 * How the operator works.
 *
 * @param nodeWorkers nodes that are written at the same time, at least 1
 * @param unwantedGrace how long a class has to be unwanted before its labels and checks go
 */
public record OperatorOptions(int nodeWorkers, Duration unwantedGrace) {
  /** What is shipped: 16 connections come close to the API server's own floor. */
  public static final OperatorOptions DEFAULTS = new OperatorOptions(16, Duration.ofMinutes(10));
}
