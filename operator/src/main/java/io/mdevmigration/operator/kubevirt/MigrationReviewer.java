package io.mdevmigration.operator.kubevirt;

import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.kubevirt.admission.Admission;
import io.mdevmigration.operator.kubevirt.admission.Cause;
import io.mdevmigration.operator.kubevirt.admission.Decision;
import io.mdevmigration.operator.kubevirt.admission.Migration;
import io.mdevmigration.operator.kubevirt.admission.Mode;
import io.mdevmigration.operator.kubevirt.admission.Standings;
import io.mdevmigration.operator.kubevirt.migration.Course;
import io.mdevmigration.operator.kubevirt.need.Need;
import io.mdevmigration.operator.kubevirt.need.Needs;
import io.mdevmigration.operator.kubevirt.need.Vmi;
import io.mdevmigration.operator.kubevirt.webhook.Review;
import io.mdevmigration.operator.kubevirt.webhook.WebhookServer;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.telemetry.About;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides about migrations from what is stored at the moment. */
final class MigrationReviewer implements WebhookServer.Reviewer {
  private static final Logger log = LoggerFactory.getLogger(MigrationReviewer.class);

  private final Access access;
  private final KubeVirtObjects objects;
  private final Mode mode;
  private final Fleet fleet;
  private final Standings standings;
  private final Compatibilities compatibilities;
  private final InstantSource clock;
  private final Consumer<Course> told;
  private final KubeVirtMetrics metrics;

  MigrationReviewer(
      Access access,
      KubeVirtObjects objects,
      Mode mode,
      Fleet fleet,
      Compatibilities compatibilities,
      InstantSource clock,
      Consumer<Course> told,
      KubeVirtMetrics metrics) {
    this.access = access;
    this.objects = objects;
    this.mode = mode;
    this.fleet = fleet;
    this.standings = new Standings(fleet);
    this.compatibilities = compatibilities;
    this.clock = clock;
    this.told = told;
    this.metrics = metrics;
  }

  /** What becomes of a migration that is created now. */
  Decision decide(Migration migration) {
    Optional<Vmi> vmi = objects.vmi(migration.vmi());
    Need need =
        vmi.map(this::need)
            .orElseGet(
                () ->
                    new Need.Unclear(
                        Need.Why.NO_VMI, "VMI %s is not known".formatted(migration.vmi())));
    return new Admission(mode, objects.hasSelector())
        .decide(migration, vmi, need, standings, compatibilities, clock.instant());
  }

  /** What a VMI needs now. */
  Need need(Vmi vmi) {
    return Needs.of(vmi, objects.permitted(), fleet, clock.instant());
  }

  /** Whether a migration of a VMI that needs this is certain to find no node. */
  boolean rulesOutEveryNode(Need.Classes need) {
    return standings.ruleOutEveryNode(need, clock.instant());
  }

  @Override
  public Optional<byte[]> answer(Review review) {
    if (!objects.isKnown()) {
      metrics.unanswered();
      return Optional.empty();
    }
    long begun = System.nanoTime();
    Decision decision =
        refusedBecauseItMoves(review.migration()).orElseGet(() -> decide(review.migration()));
    boolean named = false;
    if (decision instanceof Decision.Refuse refusal) {
      named =
          !refusal.named().equals(refusal.message()) && access.mayListStates(review.requester());
      tell(review.migration(), refusal);
      if (!review.isDryRun()) {
        told.accept(Course.refused(objects.vmi(review.migration().vmi()), refusal));
      }
    }
    metrics.reviewed(decision, Duration.ofNanos(System.nanoTime() - begun));
    return Optional.of(review.answer(decision, named));
  }

  private static void tell(Migration migration, Decision.Refuse refusal) {
    About.the("vmi", migration.vmi().toString())
        .and("reason", refusal.cause().toString())
        .say(
            () -> log.info("a migration of {} is refused: {}", migration.vmi(), refusal.message()));
  }

  /**
   * KubeVirt refuses a migration while another of the same VMI is under way, but looks after this
   * project has: if the other one ends in between, this one would be steered by the node that the
   * VMI has left.
   */
  private Optional<Decision> refusedBecauseItMoves(Migration migration) {
    return objects
        .vmi(migration.vmi())
        .filter(vmi -> mode != Mode.REPORT && vmi.hasDevice())
        .flatMap(vmi -> objects.migrations().underWay(vmi.name()))
        .map(
            other ->
                new Decision.Refuse(
                    Cause.MIGRATING,
                    "VMI %s is being migrated already, by migration %s: try again when that is over"
                        .formatted(migration.vmi(), other.name().name())));
  }
}
