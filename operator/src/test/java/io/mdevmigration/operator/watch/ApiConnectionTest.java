package io.mdevmigration.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mdevmigration.telemetry.Meters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApiConnectionTest {
  private static final String NODE =
      """
      {"apiVersion":"v1","kind":"Node","metadata":{"name":"a"}}""";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private final List<String> written = new CopyOnWriteArrayList<>();
  private final AtomicBoolean mayWrite = new AtomicBoolean(true);
  private KubernetesClient client;
  private KubernetesClient writer;

  /** How the server answers a request. */
  @FunctionalInterface
  private interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
            .withRequestTimeout(300)
            .build();
    client = ApiConnection.open(config);
    writer =
        ApiConnection.open(
            new ConfigBuilder(config).withRequestTimeout(30_000).build(),
            mayWrite::get,
            new ApiWrites(Meters.none()));
  }

  @AfterEach
  void stop() {
    writer.close();
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void aClientKnowsTheKindsThatAreWatchedAndNoOthers() {
    var resources = Resources.of(client, Node.class, Duration.ofSeconds(1));
    assertThat(resources).isNotNull();
    KubernetesSerialization serialization = client.getKubernetesSerialization();
    assertThat(serialization.getRegisteredKubernetesResource("v1", "Node")).isEqualTo(Node.class);
    assertThat(serialization.getRegisteredKubernetesResource("v1", "ConfigMap")).isNull();
  }

  @Test
  void anAnswerThatDoesNotBeginIsGivenUpAndTheNextRequestTakesAnotherConnection() {
    answer(exchange -> {}, exchange -> {}, ApiConnectionTest::whole);
    assertThatThrownBy(() -> client.nodes().withName("a").get())
        .isInstanceOf(KubernetesClientException.class);
    assertThat(client.nodes().withName("a").get().getMetadata().getName()).isEqualTo("a");
    assertThat(asked).as("one of each connection").doesNotHaveDuplicates().hasSize(3);
  }

  @Test
  void anAnswerThatBeginsAndDoesNotEndIsGivenUp() {
    answer(
        exchange -> {
          exchange.sendResponseHeaders(200, NODE.length());
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
        },
        ApiConnectionTest::whole);
    assertThatThrownBy(() -> client.nodes().withName("a").get())
        .isInstanceOf(KubernetesClientException.class);
    assertThat(client.nodes().withName("a").get().getMetadata().getName()).isEqualTo("a");
  }

  @Test
  void aFailureThatMayPassIsTriedOnceMoreAndNotTenTimes() {
    answer(
        exchange -> {
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    assertThatThrownBy(() -> client.nodes().withName("a").get())
        .isInstanceOf(KubernetesClientException.class);
    await().until(() -> asked.size() == 2);
  }

  @Test
  void noRequestSharesItsConnectionWithOthersOverHttp2() {
    List<Boolean> upgrades = new CopyOnWriteArrayList<>();
    answer(
        exchange -> {
          upgrades.add(exchange.getRequestHeaders().containsKey("Http2-settings"));
          whole(exchange);
        });
    client.nodes().withName("a").get();
    assertThat(upgrades).containsExactly(false);
  }

  @Test
  void whoMayNotWriteReadsAndSendsNothingElse() {
    answer(ApiConnectionTest::whole);
    var node = writer.nodes().withName("a");
    PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
    node.patch(merge, "{}");
    assertThat(written).containsExactly("PATCH");
    mayWrite.set(false);
    assertThatThrownBy(() -> node.patch(merge, "{}"))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("PATCH /api/v1/nodes/a is not sent");
    assertThatThrownBy(node::delete).isInstanceOf(KubernetesClientException.class);
    assertThat(written).hasSize(1);
    assertThat(node.get().getMetadata().getName()).isEqualTo("a");
  }

  @Test
  void whoMayNoLongerWriteDoesNotRepeatAWriteThatFailed() throws InterruptedException {
    answer(
        ApiConnectionTest::whole,
        exchange -> {
          mayWrite.set(false);
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    var unused =
        threads.submit(
            () -> writer.nodes().withName("a").patch(PatchContext.of(PatchType.JSON_MERGE), "{}"));
    await().until(() -> !written.isEmpty());
    Thread.sleep(1000);
    assertThat(written).containsExactly("PATCH");
  }

  private static void whole(HttpExchange exchange) throws IOException {
    byte[] body = NODE.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** Answers the first request in the first way and so on; the last way is for all the rest. */
  private void answer(Answer... answers) {
    server.createContext(
        "/",
        exchange -> {
          int count;
          synchronized (asked) {
            count = asked.size();
            asked.add(exchange.getRemoteAddress().toString());
          }
          if (!exchange.getRequestMethod().equals("GET")) {
            written.add(exchange.getRequestMethod());
          }
          answers[Math.min(count, answers.length - 1)].give(exchange);
        });
  }
}
