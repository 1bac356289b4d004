package io.mdevmigration.operator.kubevirt;

import io.mdevmigration.operator.kubevirt.admission.Cause;
import io.mdevmigration.operator.kubevirt.admission.Decision;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuation;
import io.mdevmigration.operator.kubevirt.migration.Course;
import io.mdevmigration.telemetry.Counter;
import io.mdevmigration.telemetry.Label;
import io.mdevmigration.telemetry.Meters;
import io.mdevmigration.telemetry.Timer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Counts what is done about KubeVirt's migrations. */
final class KubeVirtMetrics {
  private static final List<Duration> REVIEW =
      Stream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500).map(Duration::ofMillis).toList();

  /** What a review was answered with. */
  private enum Said {
    PASS,
    ALLOW,
    STEER,
    REFUSE,
    /** Nothing, because not everything is known yet. */
    UNANSWERED;

    static Said of(Decision decision) {
      if (decision instanceof Decision.Refuse) {
        return REFUSE;
      }
      if (decision instanceof Decision.Steer) {
        return STEER;
      }
      return decision instanceof Decision.Allow ? ALLOW : PASS;
    }
  }

  private final Counter reviews;
  private final Timer review;

  KubeVirtMetrics(Meters meters, KubeVirtMigrations migrations) {
    reviews =
        meters.counter(
            "reviews",
            "What the webhook said of migrations.",
            new Label<>("decision", Said.class),
            new Label<>("reason", Cause.class));
    review = meters.timer("review", "From a review's being read to its answer.", REVIEW);
    meters.counted(
        "migrations",
        "Migrations followed, by what became of them.",
        new Label<>("outcome", Course.What.class),
        what -> migrations.tally().of(what));
    meters.gauge(
        "nodes.with.stuck.vmis",
        "Nodes whose drain would wait for a VMI that no other node accepts.",
        () -> migrations.evacuations().values().stream().filter(plan -> plan.stuck() > 0).count());
    meters.gauge(
        "vmis.stuck",
        "VMIs that no other node accepts.",
        () -> migrations.evacuations().values().stream().mapToInt(Evacuation::stuck).sum());
  }

  /** A migration was reviewed. */
  void reviewed(Decision decision, Duration took) {
    reviews.increment(Said.of(decision), decision.cause());
    review.took(took);
  }

  /** A migration could not be reviewed yet. */
  void unanswered() {
    reviews.increment(Said.UNANSWERED, Cause.NONE);
  }
}
