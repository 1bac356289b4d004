package io.mdevmigration.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over real sockets. */
@Timeout(60)
class HttpPortTest {
  private static final Duration TIME = Duration.ofMillis(600);
  private static final Limits LIMITS = new Limits(4, 256, TIME);
  private static final String BIG = "0123456789abcdef".repeat(1 << 18);

  private final AtomicReference<Optional<String>> trouble = new AtomicReference<>(Optional.empty());
  private final List<Socket> sockets = new ArrayList<>();
  private final HttpPort port = open(LIMITS);

  private HttpPort open(Limits limits) {
    try {
      return HttpPort.open(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          Map.of(
              "/livez",
              Page.probe(trouble::get),
              "/big",
              () -> Response.text(200, BIG),
              "/broken",
              () -> {
                throw new IllegalStateException("secret");
              }),
          limits);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    port.close();
  }

  @Test
  void aProbeIsOkWhileAllIsWellAndSaysWhatIsWrongOtherwise() throws Exception {
    HttpResponse<String> well = request("GET", "/livez?verbose");
    assertThat(well.statusCode()).isEqualTo(200);
    assertThat(well.body()).isEqualTo("ok\n");
    trouble.set(Optional.of("stuck for 300 s"));
    HttpResponse<String> bad = request("GET", "/livez");
    assertThat(bad.statusCode()).isEqualTo(503);
    assertThat(bad.body()).isEqualTo("stuck for 300 s\n");
  }

  @Test
  void headIsGetWithoutABody() throws Exception {
    HttpResponse<String> head = request("HEAD", "/livez");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length")).hasValue("3");
  }

  @Test
  void otherMethodsAndOtherPathsAreRefused() throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")) {
      HttpResponse<String> refused = request(method, "/livez");
      assertThat(refused.statusCode()).as(method).isEqualTo(405);
      assertThat(refused.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }
    for (String path :
        List.of("/", "/livez/", "/LIVEZ", "/livez/../livez", "/metrics", "/%6civez")) {
      assertThat(request("GET", path).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void whatIsNoRequestIsRefusedAndNothingOfItIsSentBack() throws Exception {
    for (String line :
        List.of(
            "",
            "GET",
            "GET /livez",
            "GET http://evil/livez HTTP/1.1",
            "GET livez HTTP/1.1",
            "GET /li\u0007vez HTTP/1.1",
            "get /livez HTTP/1.1",
            "GET /livez HTTP/2.0",
            "GET /livez HTTP/1.1 evil",
            "\u0016\u0003\u0001\u0002evil")) {
      assertThat(answer(line + "\r\nX-Evil: evil\r\n\r\n"))
          .as(line)
          .startsWith("HTTP/1.1 400 ")
          .doesNotContain("evil");
    }
  }

  @Test
  void aRequestIsOfABoundedLength() throws Exception {
    assertThat(answer("GET /" + "a".repeat(4000))).startsWith("HTTP/1.1 431 ");
    assertThat(answer("GET /livez HTTP/1.1\r\n" + "X-A: b\r\n".repeat(500) + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
  }

  @Test
  void aRequestMayComeInPieces() throws Exception {
    Socket socket = connect();
    for (String piece : List.of("GE", "T /livez HT", "TP/1.0\r", "\n\r", "\n")) {
      send(socket, piece);
      Thread.sleep(20);
    }
    assertThat(rest(socket)).startsWith("HTTP/1.1 200 OK").endsWith("ok\n");
  }

  @Test
  void aPageThatFailsTellsNothingOfWhy() throws Exception {
    HttpResponse<String> response = request("GET", "/broken");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("secret");
    assertThat(request("GET", "/livez").statusCode()).isEqualTo(200);
  }

  @Test
  void aBigPageArrivesInFullAlsoWhenItIsReadSlowly() throws Exception {
    assertThat(request("GET", "/big").body()).isEqualTo(BIG);
    HttpPort patient = open(new Limits(4, 256, Duration.ofSeconds(30)));
    try {
      Socket socket = connect(patient);
      send(socket, "GET /big HTTP/1.1\r\n\r\n");
      Thread.sleep(500);
      assertThat(rest(socket)).endsWith(BIG);
    } finally {
      patient.close();
    }
  }

  @Test
  void aClientThatSendsNothingOrAByteNowAndThenIsCutOff() throws Exception {
    Socket silent = connect();
    Socket slow = connect();
    long begin = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> isRefused(slow));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(TIME.dividedBy(2));
    assertThat(rest(silent)).isEmpty();
  }

  @Test
  void aClientThatDoesNotReadItsResponseIsCutOff() throws Exception {
    Socket socket = connect();
    send(socket, "GET /big HTTP/1.1\r\n\r\n");
    Thread.sleep(TIME.multipliedBy(3).toMillis());
    assertThat(rest(socket).length()).isLessThan(BIG.length());
  }

  @Test
  void howeverManySlowClientsThereAreAProbeIsAnsweredAtOnce() throws Exception {
    Duration slowness = Duration.ofSeconds(30);
    HttpPort patient = open(new Limits(4, 256, slowness));
    try {
      for (int i = 0; i < 40; i++) {
        send(connect(patient), "GET /livez HTTP/1.1\r\n");
        if (i % 10 == 9) {
          long begin = System.nanoTime();
          Socket probe = connect(patient);
          send(probe, "GET /livez HTTP/1.1\r\n\r\n");
          assertThat(rest(probe)).endsWith("ok\n");
          assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(slowness.dividedBy(3));
        }
      }
    } finally {
      patient.close();
    }
  }

  @Test
  void ofTooManyConnectionsTheOldestIsClosed() throws Exception {
    HttpPort patient = open(new Limits(4, 256, Duration.ofSeconds(30)));
    try {
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(connect(patient));
        send(clients.get(i), "GET /livez");
      }
      assertThat(rest(clients.get(0))).isEmpty();
      assertThat(rest(clients.get(1))).isEmpty();
      for (Socket open : clients.subList(2, 6)) {
        send(open, " HTTP/1.1\r\n\r\n");
        assertThat(rest(open)).startsWith("HTTP/1.1 200 ");
      }
    } finally {
      patient.close();
    }
  }

  @Test
  void manyRequestsAreAllAnsweredByOneThread() throws Exception {
    for (int i = 0; i < 500; i++) {
      assertThat(answer("GET /livez HTTP/1.1\r\n\r\n")).endsWith("ok\n");
    }
    assertThat(
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("http-port")))
        .hasSize(1);
  }

  @Test
  void aClosedPortTakesNobody() {
    port.close();
    await().untilAsserted(() -> assertThatThrownBy(this::connect).isInstanceOf(IOException.class));
  }

  private HttpResponse<String> request(String method, String path) throws Exception {
    URI uri = URI.create("http://%s:%d%s".formatted(host(), port.address().getPort(), path));
    var publisher =
        method.equals("GET") || method.equals("HEAD")
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString("a body that nobody asked for");
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .build()
        .send(
            HttpRequest.newBuilder(uri).method(method, publisher).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private String host() {
    return port.address().getAddress().getHostAddress();
  }

  private Socket connect() throws IOException {
    return connect(port);
  }

  private Socket connect(HttpPort to) throws IOException {
    Socket socket = new Socket(to.address().getAddress(), to.address().getPort());
    sockets.add(socket);
    return socket;
  }

  private String answer(String sent) throws IOException {
    Socket socket = connect();
    send(socket, sent);
    return rest(socket);
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What is still received until the end of the connection, orderly or not. */
  private static String rest(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[65_536];
    try {
      for (int n = 0; n >= 0; n = socket.getInputStream().read(buffer)) {
        text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection does not end", e);
    } catch (SocketException e) {
      // Reset: that is an end, too.
    }
    return text.toString();
  }

  private static boolean isRefused(Socket socket) {
    try {
      send(socket, "G");
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
