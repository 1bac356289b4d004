package io.mdevmigration.e2e.proxy;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A server on this host. Who the client is, it says itself: its token is passed through.
 *
 * @param port where it listens on 127.0.0.1
 * @param sockets makes connections to it
 */
public record Upstream(int port, SocketFactory sockets) {
  private static final int TIMEOUT_MILLIS = 5_000;

  public Upstream {
    requireNonNull(sockets, "sockets");
  }

  /** A server without TLS. */
  public static Upstream plain(int port) {
    return new Upstream(port, SocketFactory.getDefault());
  }

  /**
   * A server with TLS.
   *
   * @param certificates PEM file of those to trust
   */
  public static Upstream tls(int port, Path certificates) {
    try (InputStream in = Files.newInputStream(certificates)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate trusted : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("certificate-" + number++, trusted);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return new Upstream(port, context.getSocketFactory());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot trust the certificates in " + certificates, e);
    }
  }

  Socket connect() throws IOException {
    Socket socket = sockets.createSocket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      if (socket instanceof SSLSocket tls) {
        tls.setSoTimeout(TIMEOUT_MILLIS);
        tls.startHandshake();
        tls.setSoTimeout(0);
      }
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
