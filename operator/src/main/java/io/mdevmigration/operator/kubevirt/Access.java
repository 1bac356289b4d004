package io.mdevmigration.operator.kubevirt;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.operator.kubevirt.webhook.Review.Requester;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a requester may see names of nodes: whoever may list MdevNodeStates. An answer of the API
 * server is good for 30 seconds, as one that refuses is in the API server itself. Safe for use by
 * many threads.
 */
final class Access {
  private static final Logger log = LoggerFactory.getLogger(Access.class);

  /** The names are a courtesy; a refusal does not wait for them. */
  private static final long WAIT_MILLIS = 1_000;

  private static final Duration GOOD = Duration.ofSeconds(30);
  private static final int KEPT = 256;

  private final KubernetesClient client;
  private final InstantSource uptime;

  /** Guarded by this; the one asked about longest ago first. */
  private final Map<Requester, Answer> answers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Requester, Answer> eldest) {
          return size() > KEPT;
        }
      };

  private record Answer(boolean allowed, Instant until) {}

  /**
   * Asks nothing yet.
   *
   * @param client who asks the API server
   * @param uptime the time since the program started
   */
  Access(KubernetesClient client, InstantSource uptime) {
    this.client = client;
    this.uptime = uptime;
  }

  /** Whether it is known within a second that the requester may list MdevNodeStates. */
  boolean mayListStates(Requester requester) {
    Optional<Answer> known = known(requester);
    if (known.isPresent()) {
      return known.get().allowed();
    }
    try {
      boolean allowed =
          CompletableFuture.supplyAsync(
                  () -> client.authorization().v1().subjectAccessReview().create(review(requester)))
              .orTimeout(WAIT_MILLIS, TimeUnit.MILLISECONDS)
              .thenApply(answer -> Boolean.TRUE.equals(answer.getStatus().getAllowed()))
              .join();
      keep(requester, new Answer(allowed, uptime.instant().plus(GOOD)));
      return allowed;
    } catch (CompletionException e) {
      log.warn(
          "what a requester may see is not known, names are left out: {}", ApiFailure.reason(e));
      return false;
    }
  }

  private synchronized Optional<Answer> known(Requester requester) {
    return Optional.ofNullable(answers.get(requester))
        .filter(answer -> uptime.instant().isBefore(answer.until()));
  }

  private synchronized void keep(Requester requester, Answer answer) {
    answers.put(requester, answer);
  }

  private static SubjectAccessReview review(Requester requester) {
    return new SubjectAccessReviewBuilder()
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
  }
}
