package io.mdevmigration.operator.leader;

import java.time.Duration;

/**
 * The Lease that the replicas compete for.
 *
 * @param namespace where it is
 * @param name its name
 * @param duration how long the others wait after they saw the last renewal, in whole seconds
 * @param renewDeadline how long the leader goes on after the last renewal that it made; shorter
 *     than the duration, so that it has ended before another one begins
 * @param retryPeriod how often each replica tries; shorter than the deadline
 */
public record LeaseTerms(
    String namespace,
    String name,
    Duration duration,
    Duration renewDeadline,
    Duration retryPeriod) {
  /**
   * Terms.
   *
   * @throws IllegalArgumentException if the times do not fit together
   */
  public LeaseTerms {
    if (namespace.isBlank() || name.isBlank()) {
      throw new IllegalArgumentException("a lease needs a namespace and a name");
    }
    if (retryPeriod.compareTo(Duration.ofMillis(100)) < 0
        || renewDeadline.compareTo(retryPeriod.multipliedBy(2)) < 0
        || duration.compareTo(renewDeadline) <= 0
        || duration.toNanosPart() != 0
        || duration.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "a lease lasts longer than its renew deadline, whole seconds and at most 1h; the deadline"
              + " is at least twice the retry period, and that at least 100ms: got "
              + "%s, %s and %s".formatted(duration, renewDeadline, retryPeriod));
    }
  }
}
