package io.mdevmigration.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.operator.watch.ApiConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a stand-in for an API server that is slow: a real one is not slow when it should be. */
class FirstReadTest {
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile int code = 200;
  private HttpServer server;
  private KubernetesClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    client =
        ApiConnection.open(
            new ConfigBuilder()
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestTimeout(200)
                .build());
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    if (unanswered.getAndDecrement() > 0) {
      return;
    }
    byte[] body = "{\"metadata\":{},\"items\":[]}".getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void anApiServerThatAnswersLateIsAskedAgain() {
    unanswered.set(3);
    assertThat(FirstRead.trouble(client, Duration.ofMinutes(1))).isEmpty();
  }

  @Test
  void oneThatNeverAnswersIsGivenUp() {
    unanswered.set(Integer.MAX_VALUE);
    FirstRead.trouble(client, Duration.ZERO);
    int ofOneTry = requests.getAndSet(0);
    assertThat(FirstRead.trouble(client, Duration.ofSeconds(3)).orElseThrow())
        .contains("127.0.0.1")
        .contains("see whether the API server runs")
        .contains("imeout")
        .doesNotContain("null");
    assertThat(requests).hasValueGreaterThan(ofOneTry);
  }

  @Test
  void aRefusalIsNotWaitedFor() {
    code = 404;
    assertThat(FirstRead.trouble(client, Duration.ofMinutes(1)).orElseThrow())
        .contains("the custom resources are not installed: kubectl apply -f crds/");
    assertThat(requests).hasValue(1);
    code = 403;
    assertThat(FirstRead.trouble(client, Duration.ofMinutes(1)).orElseThrow())
        .contains("not allowed to read them");
    assertThat(requests).hasValue(2);
  }
}
