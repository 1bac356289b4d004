package io.mdevmigration.operator.kubevirt;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Api;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.kubevirt.admission.Admission;
import io.mdevmigration.operator.kubevirt.admission.Decision;
import io.mdevmigration.operator.kubevirt.admission.Migration;
import io.mdevmigration.operator.kubevirt.admission.Mode;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides about migrations from what is stored at the moment. */
final class MigrationReviewer implements WebhookServer.Reviewer {
  private static final Logger log = LoggerFactory.getLogger(MigrationReviewer.class);

  /** The names of nodes are a courtesy; a refusal does not wait for them. */
  private static final long ACCESS_MILLIS = 1_000;

  private final KubernetesClient client;
  private final KubeVirtObjects objects;
  private final Mode mode;
  private final Fleet fleet;
  private final Compatibilities compatibilities;
  private final InstantSource clock;
  private final Consumer<Course> told;
  private final KubeVirtMetrics metrics;

  MigrationReviewer(
      KubernetesClient client,
      KubeVirtObjects objects,
      Mode mode,
      Fleet fleet,
      Compatibilities compatibilities,
      InstantSource clock,
      Consumer<Course> told,
      KubeVirtMetrics metrics) {
    this.client = client;
    this.objects = objects;
    this.mode = mode;
    this.fleet = fleet;
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
        .decide(migration, vmi, need, fleet, compatibilities, clock.instant());
  }

  /** What a VMI needs now. */
  Need need(Vmi vmi) {
    return Needs.of(vmi, objects.permitted(), fleet, clock.instant());
  }

  @Override
  public Optional<byte[]> answer(Review review) {
    if (!objects.isKnown()) {
      metrics.unanswered();
      return Optional.empty();
    }
    long begun = System.nanoTime();
    Decision decision = decide(review.migration());
    boolean named = false;
    if (decision instanceof Decision.Refuse refusal) {
      named = !refusal.named().equals(refusal.message()) && mayListStates(review.requester());
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

  private boolean mayListStates(Review.Requester requester) {
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(requester.user())
            .withUid(requester.uid())
            .withGroups(requester.groups())
            .withExtra(Map.copyOf(requester.extra()))
            .withNewResourceAttributes()
            .withGroup(Api.GROUP)
            .withResource("mdevnodestates")
            .withVerb("list")
            .endResourceAttributes()
            .endSpec()
            .build();
    try {
      return CompletableFuture.supplyAsync(
              () -> client.authorization().v1().subjectAccessReview().create(review))
          .orTimeout(ACCESS_MILLIS, TimeUnit.MILLISECONDS)
          .thenApply(answer -> Boolean.TRUE.equals(answer.getStatus().getAllowed()))
          .join();
    } catch (CompletionException e) {
      log.warn("what a requester may see is not known, names are left out: {}", e.getMessage());
      return false;
    }
  }
}
