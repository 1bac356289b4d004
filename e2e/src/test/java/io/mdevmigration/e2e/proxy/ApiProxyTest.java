package io.mdevmigration.e2e.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiProxyTest {
  private static final String NODES = "/api/v1/nodes";
  private static final String WATCH = NODES + "?watch=true";
  private static final Duration BRIEFLY = Duration.ofMillis(300);

  private final FakeServer server = FakeServer.start();
  private final Seen seen = new Seen();
  private final ApiProxy proxy =
      ApiProxy.start("daemon of a", Upstream.plain(server.port()), seen, new Random(1));
  private HttpClient client;

  /** What the proxy told of. */
  private static final class Seen implements Traffic {
    private final List<String> answered = new CopyOnWriteArrayList<>();
    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();

    @Override
    public void answered(Request request, int status, byte[] body) {
      answered.add(status + " " + new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void delivered(Request request, int status, byte[] body) {
      delivered.add(status + " " + new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void event(Request watch, String json) {
      events.add(json);
    }

    @Override
    public void hurt(String sender, String what) {
      faults.add(sender + ": " + what);
    }
  }

  @BeforeEach
  void connect() {
    client = HttpClient.newHttpClient();
  }

  @AfterEach
  void close() {
    proxy.close();
    server.close();
  }

  @Test
  void requestsAndAnswersPassWholeAndAreTold() throws Exception {
    HttpResponse<String> answer = send("PATCH", NODES + "/a", "{\"a\":1}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("answer to PATCH " + NODES + "/a {\"a\":1}");
    assertThat(send("GET", NODES, "").body()).isEqualTo("answer to GET " + NODES);
    assertThat(server.asked()).containsExactly("PATCH " + NODES + "/a {\"a\":1}", "GET " + NODES);
    assertThat(seen.answered).isEqualTo(seen.delivered).hasSize(2);
    assertThat(seen.delivered.get(1)).isEqualTo("200 answer to GET " + NODES);
  }

  @Test
  void eventsOfAWebSocketPassInOrderAndAreTold() throws Exception {
    Messages messages = watchWebSocket();
    server.event("{\"type\":\"ADDED\"}");
    server.event("{\"type\":\"MODIFIED\",\"long\":\"" + "x".repeat(60_000) + "\"}");
    await().untilAsserted(() -> assertThat(messages.texts).hasSize(2));
    assertThat(messages.texts.get(0)).isEqualTo("{\"type\":\"ADDED\"}");
    assertThat(seen.events).isEqualTo(messages.texts);
  }

  @Test
  void eventsOfAChunkedWatchPassAndAreTold() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    var unused =
        client
            .sendAsync(request("GET", WATCH, ""), BodyHandlers.ofLines())
            .thenAccept(answer -> answer.body().forEach(lines::add));
    await().until(() -> server.watches() == 1);
    server.event("{\"type\":\"ADDED\"}");
    await().untilAsserted(() -> assertThat(lines).containsExactly("{\"type\":\"ADDED\"}"));
    assertThat(seen.events).isEqualTo(lines);
  }

  @Test
  void aConnectionCutBeforeTheRequestHasChangedNothing() {
    proxy.faults(Faults.NONE.with(Fault.CUT_BEFORE, 1));
    assertThatThrownBy(() -> send("PATCH", NODES + "/a", "{}")).isInstanceOf(IOException.class);
    assertThat(server.asked()).isEmpty();
    assertThat(seen.faults).contains("daemon of a: CUT_BEFORE PATCH");
  }

  @Test
  void aConnectionCutAfterTheRequestHasWrittenWithoutTheClientKnowing() {
    proxy.faults(Faults.NONE.with(Fault.CUT_AFTER, 1));
    assertThatThrownBy(() -> send("PATCH", NODES + "/a", "{}")).isInstanceOf(IOException.class);
    assertThat(server.asked()).containsExactly("PATCH " + NODES + "/a {}");
    assertThat(seen.answered).hasSize(1);
    assertThat(seen.delivered).isEmpty();
  }

  @Test
  void refusalsComeFromTheProxyAlone() throws Exception {
    assertThat(status(Fault.CONFLICT, "PATCH", NODES + "/a")).isEqualTo(409);
    assertThat(status(Fault.SERVER_ERROR, "GET", NODES + "/a")).isEqualTo(500);
    assertThat(status(Fault.GONE, "GET", NODES)).isEqualTo(410);
    assertThat(status(Fault.TOO_MANY, "GET", NODES)).isEqualTo(429);
    assertThat(send("GET", NODES, "").headers().firstValue("Retry-After")).contains("1");
    assertThat(server.asked()).isEmpty();
    assertThat(status(Fault.GONE, "GET", NODES + "/a")).isEqualTo(200);
    assertThat(status(Fault.CONFLICT, "GET", NODES)).isEqualTo(200);
  }

  @Test
  void aListThatNeverEndsNeitherComesNorFails() throws Exception {
    proxy.faults(Faults.NONE.with(Fault.ENDLESS_LIST, 1));
    var list = client.sendAsync(request("GET", NODES, ""), BodyHandlers.ofString());
    await().until(() -> !seen.answered.isEmpty());
    await().during(BRIEFLY).until(() -> !list.isDone());
    assertThat(seen.delivered).isEmpty();
    assertThat(send("GET", NODES + "/a", "").statusCode()).isEqualTo(200);
  }

  @Test
  void halfOpenConnectionsPassNothingAndStayOpenWhileNewOnesWork() throws Exception {
    Messages messages = watchWebSocket();
    proxy.hang();
    server.event("{\"type\":\"ADDED\"}");
    await().during(BRIEFLY).until(() -> messages.texts.isEmpty() && !messages.ended);
    assertThat(seen.events).isEmpty();
    Messages second = watchWebSocket();
    server.event("{\"type\":\"MODIFIED\"}");
    await()
        .untilAsserted(() -> assertThat(second.texts).containsExactly("{\"type\":\"MODIFIED\"}"));
    assertThat(messages.texts).isEmpty();
  }

  @Test
  void aBrokenLinkEndsWatchesAndTakesNoRequestUntilItIsUp() throws Exception {
    Messages messages = watchWebSocket();
    proxy.link(Link.BROKEN);
    await().until(() -> messages.ended);
    assertThatThrownBy(() -> send("GET", NODES, "")).isInstanceOf(IOException.class);
    assertThat(server.asked()).containsExactly("GET " + WATCH);
    proxy.link(Link.UP);
    assertThat(send("GET", NODES, "").statusCode()).isEqualTo(200);
  }

  @Test
  void aSilentLinkSwallowsRequestsAndTheirConnectionsStayDeadWhenItIsUp() throws Exception {
    proxy.link(Link.SILENT);
    var swallowed = client.sendAsync(request("GET", NODES, ""), BodyHandlers.ofString());
    assertThatThrownBy(
            () ->
                client.send(
                    HttpRequest.newBuilder(request("GET", NODES, ""), (n, v) -> true)
                        .timeout(BRIEFLY)
                        .build(),
                    BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
    proxy.link(Link.UP);
    assertThat(send("GET", NODES, "").statusCode()).isEqualTo(200);
    assertThat(swallowed).isNotDone();
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void lateEventsComeInOrder() throws Exception {
    Messages messages = watchWebSocket();
    proxy.faults(Faults.NONE.withLateEvents(Duration.ofMillis(200)));
    long sent = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      server.event("{\"n\":" + i + "}");
    }
    await().untilAsserted(() -> assertThat(messages.texts).hasSize(20));
    // A lower bound: nothing may come sooner. All wait at the same time, not one after the other.
    assertThat(System.nanoTime() - sent).isGreaterThan(Duration.ofMillis(190).toNanos());
    assertThat(messages.texts).isSortedAccordingTo((a, b) -> number(a) - number(b));
  }

  @Test
  void aWatchMayEndWith410InTheMiddle() throws Exception {
    Messages messages = watchWebSocket();
    proxy.faults(Faults.NONE.with(Fault.GONE, 1));
    server.event("{\"type\":\"ADDED\"}");
    await().until(() -> !messages.texts.isEmpty());
    assertThat(messages.texts).hasSize(1);
    assertThat(messages.texts.get(0)).contains("\"code\":410");
    assertThat(seen.events).noneMatch(event -> event.contains("ADDED"));
  }

  @Test
  void nothingPassesAProxyThatIsClosed() throws Exception {
    Messages messages = watchWebSocket();
    proxy.close();
    await().until(() -> messages.ended);
    assertThatThrownBy(() -> send("PATCH", NODES + "/a", "{}")).isInstanceOf(IOException.class);
    assertThat(server.asked()).containsExactly("GET " + WATCH);
  }

  private int status(Fault fault, String method, String path) throws Exception {
    proxy.faults(Faults.NONE.with(fault, 1));
    return send(method, path, "").statusCode();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return client.send(request(method, path, body), BodyHandlers.ofString());
  }

  private HttpRequest request(String method, String path, String body) {
    return HttpRequest.newBuilder(URI.create(proxy.url() + path))
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
        .build();
  }

  private Messages watchWebSocket() throws Exception {
    Messages messages = new Messages();
    int before = server.watches();
    URI uri = URI.create(proxy.url().replace("http:", "ws:") + WATCH);
    client.newWebSocketBuilder().buildAsync(uri, messages).get();
    await().until(() -> server.watches() == before + 1);
    return messages;
  }

  private static int number(String event) {
    return Integer.parseInt(event.replaceAll("[^0-9]", ""));
  }

  /** What a websocket brings. */
  private static final class Messages implements WebSocket.Listener {
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final StringBuilder part = new StringBuilder();
    private volatile boolean ended;

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        texts.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      ended = true;
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      ended = true;
    }
  }
}
