package io.mdevmigration.operator.kubevirt.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mdevmigration.operator.kubevirt.admission.Decision;
import io.mdevmigration.operator.kubevirt.certificate.Certificates;
import io.mdevmigration.operator.kubevirt.certificate.Serving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over real sockets and real TLS. */
@Timeout(120)
class WebhookServerTest {
  private static final String BODY =
      """
      {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{
       "uid":"u-1","operation":"CREATE","namespace":"shop",
       "resource":{"resource":"virtualmachineinstancemigrations"},
       "object":{"spec":{"vmiName":"till"}}}}
      """;

  private final Certificates.Pair first = Certificates.localhost();
  private final AtomicReference<WebhookServer.Reviewer> reviewer =
      new AtomicReference<>(review -> Optional.of(review.answer(new Decision.Pass(), false)));
  private final WebhookServer server = open(first.serving());

  private WebhookServer open(Serving serving) {
    try {
      return WebhookServer.open(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          serving,
          review -> reviewer.get().answer(review));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  private HttpResponse<String> post(HttpClient client, String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("https://localhost:%d%s".formatted(server.address().getPort(), path)))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return post(first.trusting(), path, body);
  }

  @Test
  void aReviewIsAnswered() throws Exception {
    HttpResponse<String> response = post("/migrations?timeout=2s", BODY);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.body()).contains("\"uid\":\"u-1\"", "\"allowed\":true");
  }

  @Test
  void whatIsNotAReviewIsRefused() throws Exception {
    assertThat(post("/migrations", "nonsense").statusCode()).isEqualTo(400);
    assertThat(post("/migrations/more", BODY).statusCode()).isEqualTo(404);
    assertThat(post("/", BODY).statusCode()).isEqualTo(404);
    assertThat(post("/migrations", " ".repeat(WebhookServer.BODY_MAX + 1)).statusCode())
        .isEqualTo(413);
  }

  @Test
  void asLongAsNotEverythingIsReadItSaysSo() throws Exception {
    reviewer.set(review -> Optional.empty());
    assertThat(post("/migrations", BODY).statusCode()).isEqualTo(503);
  }

  @Test
  void aMistakeIsNoAnswerAndTellsNothing() throws Exception {
    reviewer.set(
        review -> {
          throw new IllegalStateException("secret");
        });
    HttpResponse<String> response = post("/migrations", BODY);
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("secret");
  }

  @Test
  void anotherCertificateIsShownWithoutAnEndOfTheConnectionsThatAreOpen() throws Exception {
    HttpClient before = first.trusting();
    assertThat(post(before, "/migrations", BODY).statusCode()).isEqualTo(200);
    Certificates.Pair second = Certificates.localhost();
    server.show(second.serving());
    assertThat(post(before, "/migrations", BODY).statusCode()).isEqualTo(200);
    assertThat(post(second.trusting(), "/migrations", BODY).statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> post(first.trusting(), "/migrations", BODY))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void aCertificateThatIsNoneLeavesTheOneBefore() throws Exception {
    assertThatThrownBy(() -> server.show(new Serving("nonsense", "nonsense")))
        .isInstanceOf(java.security.GeneralSecurityException.class);
    assertThat(post("/migrations", BODY).statusCode()).isEqualTo(200);
  }

  @Test
  void clientsThatSayNothingAreCutOffAndTheOthersAreAnswered() throws Exception {
    List<Socket> silent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
      silent.add(socket);
    }
    silent.get(0).getOutputStream().write("GET".getBytes(StandardCharsets.US_ASCII));
    await()
        .atMost(Duration.ofSeconds(40))
        .ignoreExceptions()
        .until(() -> post("/migrations", BODY).statusCode() == 200);
    for (Socket socket : silent) {
      socket.close();
    }
  }
}
