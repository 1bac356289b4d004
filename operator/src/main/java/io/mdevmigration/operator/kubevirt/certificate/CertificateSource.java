package io.mdevmigration.operator.kubevirt.certificate;

import java.util.Optional;

/** Where the webhook's certificate comes from. */
public interface CertificateSource {
  /**
   * Looks for the certificate to show now, and does what keeping it needs.
   *
   * @param leading whether this replica is the one that writes
   * @return empty if there is none yet
   */
  Optional<Serving> look(boolean leading);
}
