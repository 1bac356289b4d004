package io.mdevmigration.operator.watch;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.mdevmigration.crds.ClientSerialization;
import io.mdevmigration.telemetry.Meters;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A connection to the API server on which no request waits for ever. */
public final class ApiConnection {
  private ApiConnection() {}

  /**
   * A client of this API server.
   *
   * <p>It speaks HTTP/1.1: over HTTP/2 all requests share one connection, which the JDK's client
   * keeps when a request on it times out, so that one half-open connection fails every request
   * until the kernel gives it up, after a quarter of an hour. Here a request that times out takes
   * its own connection with it. A failed request is made once more, against a connection that the
   * server has closed at that very moment; whoever made it decides anew after that.
   *
   * @param config where the API server is and how to identify
   */
  public static KubernetesClient open(Config config) {
    return open(config, () -> true, new ApiWrites(Meters.none()));
  }

  /**
   * A client like {@link #open(Config)} that sends nothing but reads once it may not write. Who
   * waits for the answer to a write that would have to be repeated then waits until the program
   * ends, which is to follow.
   *
   * @param config where the API server is and how to identify
   * @param mayWrite asked at the last moment before each other request, a repeated one too
   * @param writes counts them
   */
  public static KubernetesClient open(Config config, BooleanSupplier mayWrite, ApiWrites writes) {
    Config ours = new ConfigBuilder(config).withHttp2Disable(true).build();
    ours.setRequestRetryBackoffLimit(1);
    return new KubernetesClientBuilder()
        .withConfig(ours)
        .withKubernetesSerialization(ClientSerialization.create())
        .withHttpClientBuilderConsumer(
            builder ->
                builder
                    .addOrReplaceInterceptor("BODY_TIMEOUT", new BodyTimeout())
                    .addOrReplaceInterceptor("WRITE_GUARD", new WriteGuard(mayWrite))
                    .addOrReplaceInterceptor("WRITES", writes))
        .build();
  }

  /** Keeps back what would change something. */
  private record WriteGuard(BooleanSupplier mayWrite) implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      if (!request.method().equals("GET") && !mayWrite.getAsBoolean()) {
        throw new KubernetesClientException(
            "%s %s is not sent: another replica may lead by now"
                .formatted(request.method(), request.uri().getPath()));
      }
    }
  }

  /**
   * Gives up answers that have begun and do not end: the client's own time-out is over when the
   * answer begins. The rest may take as long once more. Watches have no time-out and are left
   * alone.
   */
  private static final class BodyTimeout implements Interceptor {
    @Override
    public void after(
        HttpRequest request,
        HttpResponse<?> response,
        AsyncBody.Consumer<List<ByteBuffer>> consumer) {
      if (request instanceof StandardHttpRequest asked
          && isTimed(asked.getTimeout())
          && response.body() instanceof AsyncBody body) {
        var unused =
            body.done()
                .copy()
                .orTimeout(asked.getTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete(
                    (nothing, failure) -> {
                      if (failure instanceof TimeoutException) {
                        body.cancel();
                      }
                    });
      }
    }

    private static boolean isTimed(Duration timeout) {
      return timeout != null && !timeout.isZero();
    }
  }
}
