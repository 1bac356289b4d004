package io.mdevmigration.operator.kubevirt.certificate;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The certificate that a server shows. It can be replaced while the server runs: connections that
 * are open stay, new ones get the new one.
 */
public final class ShownCertificate {
  /** Under the alias that a handshake was given it finds what belongs together. */
  private record Entry(Serving serving, PrivateKey key, List<X509Certificate> chain) {
    static Entry of(Serving serving) throws GeneralSecurityException {
      return new Entry(serving, serving.privateKey(), serving.chain());
    }
  }

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private volatile String current = "0";

  /**
   * Shows a certificate.
   *
   * @throws GeneralSecurityException if it is none
   */
  public ShownCertificate(Serving serving) throws GeneralSecurityException {
    entries.put(current, Entry.of(serving));
  }

  /**
   * Shows another certificate from now on.
   *
   * @throws GeneralSecurityException if it is none; then the one before stays
   */
  public synchronized void show(Serving serving) throws GeneralSecurityException {
    if (entries.get(current).serving().equals(serving)) {
      return;
    }
    String former = current;
    String next = String.valueOf(Long.parseLong(former) + 1);
    entries.put(next, Entry.of(serving));
    current = next;
    // A handshake that has just begun may still ask for the former, but for none before it.
    entries.keySet().removeIf(alias -> !alias.equals(next) && !alias.equals(former));
  }

  /**
   * For a server.
   *
   * @throws GeneralSecurityException if this Java has no TLS
   */
  public SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new Keys()}, null, null);
    return context;
  }

  private final class Keys extends X509ExtendedKeyManager {
    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
      return chooseServerAlias(keyType, issuers, null);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      String alias = current;
      return entries.get(alias).key().getAlgorithm().equals(keyType) ? alias : null;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return Optional.ofNullable(chooseServerAlias(keyType, issuers, null)).stream()
          .toArray(String[]::new);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return Optional.ofNullable(entries.get(alias))
          .map(e -> e.chain().toArray(X509Certificate[]::new))
          .orElse(null);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return Optional.ofNullable(entries.get(alias)).map(Entry::key).orElse(null);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
      return null;
    }
  }
}
