package io.mdevmigration.operator.kubevirt.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate that somebody else keeps, cert-manager for example, in files. Who trusts it is up
 * to whoever keeps it.
 *
 * @param certificate PEM: the server's own first, then those that signed it
 * @param key PEM, PKCS #8
 */
public record CertificateFiles(Path certificate, Path key) implements CertificateSource {
  private static final Logger log = LoggerFactory.getLogger(CertificateFiles.class);

  @Override
  public Optional<Serving> look(boolean leading) {
    try {
      return Optional.of(
          new Serving(
              Files.readString(certificate, StandardCharsets.US_ASCII),
              Files.readString(key, StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      log.warn("the webhook's certificate cannot be read: {}", e.toString());
      return Optional.empty();
    }
  }
}
