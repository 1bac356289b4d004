package io.mdevmigration.e2e.kubevirt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks the operator's webhook over HTTPS as the API server does, without the API server. Safe for
 * use by many threads.
 */
final class Reviews {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What becomes of a migration. */
  enum Answer {
    /** It gets labels. */
    STEERED,
    /** It is not created. */
    REFUSED,
    /** It goes on as it is. */
    LEFT_ALONE
  }

  /**
   * One review.
   *
   * @param answer what came of it
   * @param took from the request to the whole answer
   */
  record Reviewed(Answer answer, Duration took) {}

  private final URI webhook;
  private final HttpClient client;

  /**
   * Asks at 127.0.0.1.
   *
   * @param certificate that the webhook shows
   */
  Reviews(int port, ServingCertificate certificate) {
    webhook = URI.create("https://127.0.0.1:" + port + "/migrations");
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .sslContext(trusting(certificate))
            .build();
  }

  private static SSLContext trusting(ServingCertificate certificate) {
    try (InputStream pem = Files.newInputStream(certificate.certificate())) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "webhook", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot trust " + certificate, e);
    }
  }

  /**
   * Has a migration reviewed that KubeVirt's evacuation controller wants to create; only tried, so
   * that no event is written.
   *
   * @throws IOException if there is no answer, or one that is no review
   */
  Reviewed ask(String namespace, String machine) throws IOException {
    String body =
        """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"%s",
         "kind":{"group":"kubevirt.io","version":"v1","kind":"VirtualMachineInstanceMigration"},
         "resource":{"group":"kubevirt.io","version":"v1",
                     "resource":"virtualmachineinstancemigrations"},
         "namespace":"%s","operation":"CREATE","dryRun":true,
         "userInfo":{"username":"%s","groups":["system:serviceaccounts","system:authenticated"]},
         "object":{"apiVersion":"kubevirt.io/v1","kind":"VirtualMachineInstanceMigration",
                   "metadata":{"generateName":"kubevirt-evacuation-","namespace":"%s"},
                   "spec":{"vmiName":"%s"}}}}
        """
            .formatted(UUID.randomUUID(), namespace, KubeVirt.CONTROLLER_USER, namespace, machine);
    HttpRequest request =
        HttpRequest.newBuilder(webhook)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      long begin = System.nanoTime();
      var answered = client.send(request, BodyHandlers.ofByteArray());
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      if (answered.statusCode() != 200) {
        throw new IOException("the webhook answers " + answered.statusCode());
      }
      return new Reviewed(answer(JSON.readTree(answered.body()).path("response")), took);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Answer answer(JsonNode response) {
    if (!response.path("allowed").asBoolean()) {
      return Answer.REFUSED;
    }
    return response.has("patch") ? Answer.STEERED : Answer.LEFT_ALONE;
  }
}
