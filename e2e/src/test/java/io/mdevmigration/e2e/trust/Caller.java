package io.mdevmigration.e2e.trust;

import io.mdevmigration.e2e.controlplane.ControlPlane;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Sends requests to an API server as they are, with the headers that say as whom. */
final class Caller {
  /** What came back. */
  record Response(int code, String body) {}

  private final HttpClient http;
  private final String server;

  Caller(ControlPlane controlPlane) throws IOException, GeneralSecurityException {
    this.server = "https://127.0.0.1:" + controlPlane.port();
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(controlPlane.apiServerCertificate())) {
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry("c" + number++, each);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    // Over HTTP/2 the API server ends the connection instead of answering 401.
    this.http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(tls).build();
  }

  /**
   * Sends a request.
   *
   * @param headers names to values, all of which are sent
   * @param path and query
   */
  Response send(Map<String, List<String>> headers, Verb verb, String path, String body) {
    String query = verb == Verb.APPLY ? (path.contains("?") ? "&" : "?") + "fieldManager=test" : "";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path + query))
            .method(
                verb.method(),
                body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    verb.contentType().ifPresent(type -> request.header("Content-Type", type));
    headers.forEach((name, values) -> values.forEach(value -> request.header(name, value)));
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      return new Response(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new IllegalStateException(verb + " " + path + " got no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
