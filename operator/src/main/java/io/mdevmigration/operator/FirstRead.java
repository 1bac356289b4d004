package io.mdevmigration.operator;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a little of what the operator works on, before anything else is done. */
final class FirstRead {
  /** The chart's startup probe, which nothing answers before this has ended, waits five minutes. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Logger log = LoggerFactory.getLogger(FirstRead.class);

  private FirstRead() {}

  /**
   * What keeps the operator from reading its resources, said better than by a failing watch. An API
   * server that does not answer in time is asked again: a process that was just started may itself
   * be what is slow, and if it ended for that, the next one would be as slow.
   *
   * @param client who reads
   * @param patience begins no other try after so long; what is not a time-out ends them at once
   * @return what happened, and what to do; empty if all is well
   */
  static Optional<String> trouble(KubernetesClient client, Duration patience) {
    long begin = System.nanoTime();
    while (true) {
      try {
        read(client);
        return Optional.empty();
      } catch (KubernetesClientException e) {
        Duration waited = Duration.ofNanos(System.nanoTime() - begin);
        if (waited.compareTo(patience) >= 0 || timeOut(e).isEmpty()) {
          return Optional.of(message(client, e));
        }
        log.warn(
            "no answer from {} for {} s: it cannot be reached, or it or this machine is slow;"
                + " asking again",
            client.getMasterUrl(),
            waited.toSeconds());
      }
    }
  }

  private static void read(KubernetesClient client) {
    for (var resource : List.of(MdevNodeState.class, MigrationCompatibility.class)) {
      client.resources(resource).list(new ListOptionsBuilder().withLimit(1L).build());
    }
  }

  private static Optional<Throwable> timeOut(Throwable failure) {
    return ApiFailure.causes(failure)
        .filter(cause -> cause instanceof TimeoutException || cause instanceof HttpTimeoutException)
        .findFirst();
  }

  private static String message(KubernetesClient client, KubernetesClientException failure) {
    String what =
        switch (failure.getCode()) {
          case 404 -> "the custom resources are not installed: kubectl apply -f crds/";
          case 401, 403 -> "not allowed to read them: see the kubeconfig or the ClusterRole";
          default -> "see whether the API server runs and the kubeconfig is right";
        };
    return "cannot read %s at %s: %s (%s)"
        .formatted(
            Api.GROUP,
            client.getMasterUrl(),
            what,
            // Without an answer the client's own message says no more than what was asked for.
            failure.getCode() <= 0
                ? timeOut(failure).orElseGet(() -> ApiFailure.root(failure))
                : ApiFailure.reason(failure));
  }
}
