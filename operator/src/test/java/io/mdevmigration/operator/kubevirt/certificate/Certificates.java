package io.mdevmigration.operator.kubevirt.certificate;

import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates, and clients that trust them, as tests need them. */
public final class Certificates {
  private Certificates() {}

  /** A certificate with its authority. */
  public record Pair(String authority, Serving serving) {
    /** A new client, with connections of its own, that trusts this one alone. */
    public HttpClient trusting() {
      try {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", Serving.first(authority));
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(context)
            .build();
      } catch (GeneralSecurityException | java.io.IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A new certificate for this host. */
  public static Pair localhost() {
    Issued issued = new Issuer(List.of("localhost"), Duration.ofHours(1)).issue(Instant.now());
    return new Pair(issued.authority(), issued.serving());
  }
}
