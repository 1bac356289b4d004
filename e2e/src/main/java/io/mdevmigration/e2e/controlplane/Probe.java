package io.mdevmigration.e2e.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks a server on this host whether it is ready; one connection per question, no threads.
 *
 * @param address what to get
 * @param certificate the PEM file of the certificates to trust, which may appear later; null for
 *     http
 * @param token bearer token, or null
 */
record Probe(URI address, Path certificate, String token) {
  static final String USER_AGENT = "control-plane-probe";
  private static final int TIMEOUT_MILLIS = 5_000;

  /** Nothing if the answer is 200, otherwise what came instead. */
  Optional<String> complaint() {
    HttpURLConnection connection = null;
    try {
      connection = (HttpURLConnection) address.toURL().openConnection(Proxy.NO_PROXY);
      if (connection instanceof HttpsURLConnection https) {
        if (!Files.exists(certificate)) {
          return Optional.of("no certificate yet");
        }
        https.setSSLSocketFactory(trusting(certificate).getSocketFactory());
      }
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setRequestProperty("User-Agent", USER_AGENT);
      connection.setRequestProperty("Connection", "close");
      if (token != null) {
        connection.setRequestProperty("Authorization", "Bearer " + token);
      }
      int code = connection.getResponseCode();
      return code == HttpURLConnection.HTTP_OK
          ? Optional.empty()
          : Optional.of(address.getPath() + " answered " + code);
    } catch (IOException | GeneralSecurityException e) {
      return Optional.of(address.getPath() + ": " + e);
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }

  private static SSLContext trusting(Path certificates)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(certificates)) {
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("certificate-" + number++, certificate);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
