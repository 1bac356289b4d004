package io.mdevmigration.operator.kubevirt.certificate;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate to serve with, and its key, both as PEM.
 *
 * @param certificate the server's own first, then those that signed it
 * @param key PKCS #8, of an elliptic curve or RSA
 */
public record Serving(String certificate, String key) {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  public Serving {
    requireNonNull(certificate, "certificate");
    requireNonNull(key, "key");
  }

  /** The key stays out of logs. */
  @Override
  public String toString() {
    return "Serving[" + certificate.length() + " characters]";
  }

  /**
   * When it ends.
   *
   * @throws GeneralSecurityException if the certificate is none
   */
  public Instant notAfter() throws GeneralSecurityException {
    return first(certificate).getNotAfter().toInstant();
  }

  /**
   * When it begins.
   *
   * @throws GeneralSecurityException if the certificate is none
   */
  Instant notBefore() throws GeneralSecurityException {
    return first(certificate).getNotBefore().toInstant();
  }

  /**
   * The key, which belongs to the certificate.
   *
   * @throws GeneralSecurityException if certificate and key are not what they should be, or do not
   *     belong together: files may be read while they are being replaced
   */
  PrivateKey privateKey() throws GeneralSecurityException {
    X509Certificate own = first(certificate);
    PrivateKey privateKey = privateKey(own);
    String algorithm =
        privateKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(privateKey);
    byte[] signed = signature.sign();
    signature.initVerify(own.getPublicKey());
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the key is not that of the certificate");
    }
    return privateKey;
  }

  /** The certificate and those that signed it. */
  List<X509Certificate> chain() throws GeneralSecurityException {
    return all(certificate).stream().map(X509Certificate.class::cast).toList();
  }

  private PrivateKey privateKey(Certificate of) throws GeneralSecurityException {
    Matcher matcher = KEY.matcher(key);
    if (!matcher.find()) {
      throw new GeneralSecurityException(
          "the key is no PKCS #8 PEM (BEGIN PRIVATE KEY): convert it with openssl pkcs8 -topk8"
              + " -nocrypt");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
      return KeyFactory.getInstance(of.getPublicKey().getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("the key is no Base64", e);
    }
  }

  static X509Certificate first(String pem) throws GeneralSecurityException {
    return all(pem).stream()
        .map(X509Certificate.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("there is no certificate"));
  }

  private static Collection<? extends Certificate> all(String pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
