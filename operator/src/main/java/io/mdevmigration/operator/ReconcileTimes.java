package io.mdevmigration.operator;

import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.mdevmigration.telemetry.Label;
import io.mdevmigration.telemetry.Meters;
import io.mdevmigration.telemetry.Timer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long it takes to look at one node or one object. The framework's own metrics are left out:
 * they have names of another kind, and classes of exceptions as labels.
 */
final class ReconcileTimes implements Metrics {
  private static final List<Duration> BUCKETS =
      Stream.of(1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000)
          .map(Duration::ofMillis)
          .toList();

  private enum Of {
    NODE,
    MIGRATION_COMPATIBILITY
  }

  private enum Outcome {
    DONE,
    FAILED
  }

  private final Timer timer;

  ReconcileTimes(Meters meters) {
    timer =
        meters.timer(
            "reconcile",
            "Looking at one node or object, its writes included.",
            BUCKETS,
            new Label<>("of", Of.class),
            new Label<>("outcome", Outcome.class));
  }

  /** Looks at a node. */
  void node(Runnable look) {
    long begun = System.nanoTime();
    Outcome outcome = Outcome.FAILED;
    try {
      look.run();
      outcome = Outcome.DONE;
    } finally {
      timer.took(Duration.ofNanos(System.nanoTime() - begun), Of.NODE, outcome);
    }
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    long begun = System.nanoTime();
    Outcome outcome = Outcome.FAILED;
    try {
      T result = execution.execute();
      outcome = Outcome.DONE;
      return result;
    } finally {
      timer.took(Duration.ofNanos(System.nanoTime() - begun), Of.MIGRATION_COMPATIBILITY, outcome);
    }
  }
}
