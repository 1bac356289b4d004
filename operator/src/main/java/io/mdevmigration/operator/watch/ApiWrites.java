package io.mdevmigration.operator.watch;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.mdevmigration.telemetry.Counter;
import io.mdevmigration.telemetry.Label;
import io.mdevmigration.telemetry.Meters;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/** Counts the requests that would change something, each answer, by what became of them. */
public final class ApiWrites implements Interceptor {
  private final Counter writes;

  /** No request yet. */
  public ApiWrites(Meters meters) {
    writes =
        meters.counter(
            "api.writes",
            "Requests that would change something, each answer, by what became of them.",
            new Label<>("resource", Resource.class),
            new Label<>("outcome", Outcome.class));
  }

  /** What is written. */
  enum Resource {
    NODES("nodes"),
    MDEV_NODE_STATES("mdevnodestates"),
    MIGRATION_COMPATIBILITIES("migrationcompatibilities"),
    NODE_EVACUATIONS("nodeevacuations"),
    EVENTS("events"),
    LEASES("leases"),
    SECRETS("secrets"),
    WEBHOOKS("mutatingwebhookconfigurations"),
    OTHER("other");

    private final String plural;

    Resource(String plural) {
      this.plural = plural;
    }

    /** As it stands in the API's paths. */
    @Override
    public String toString() {
      return plural;
    }

    /**
     * Of a path such as {@code /api/v1/nodes/gpu-a} or {@code
     * /apis/coordination.k8s.io/v1/namespaces/default/leases/mdev-operator}.
     */
    static Resource of(String path) {
      List<String> parts = List.of(path.split("/", -1));
      // Somebody's gateway may have put something before it.
      int first = parts.contains("apis") ? parts.indexOf("apis") + 3 : parts.indexOf("api") + 2;
      boolean inNamespace = parts.size() > first + 2 && parts.get(first).equals("namespaces");
      int at = inNamespace ? first + 2 : first;
      return Stream.of(values())
          .filter(each -> parts.size() > at && each.plural.equals(parts.get(at)))
          .findFirst()
          .orElse(OTHER);
    }
  }

  /** What became of a request. */
  enum Outcome {
    /** It was done. */
    DONE,
    /** What was to be changed was not as it had been seen. */
    CONFLICT,
    /** The API server does not know or trust who asks. */
    FORBIDDEN,
    /** The API server has too much to do. */
    THROTTLED,
    /** Any other answer. */
    FAILED,
    /** None came. */
    UNANSWERED;

    static Outcome of(int status) {
      return switch (status) {
        case 401, 403 -> FORBIDDEN;
        case 409, 422 -> CONFLICT;
        case 429 -> THROTTLED;
        default -> status >= 200 && status < 300 ? DONE : FAILED;
      };
    }
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    count(request, Outcome.of(response.code()));
  }

  @Override
  public void afterConnectionFailure(HttpRequest request, Throwable failure) {
    count(request, Outcome.UNANSWERED);
  }

  private void count(HttpRequest request, Outcome outcome) {
    if (changes(request.method(), request.uri())) {
      writes.increment(Resource.of(request.uri().getPath()), outcome);
    }
  }

  /** A review of what somebody may do, or a dry run, is asked for with POST but changes nothing. */
  static boolean changes(String method, URI uri) {
    return !method.equals("GET")
        && !uri.getPath().contains("/apis/authorization.k8s.io/")
        && (uri.getQuery() == null || !uri.getQuery().contains("dryRun="));
  }
}
