package io.mdevmigration.operator.kubevirt;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.operator.kubevirt.admission.Mode;
import io.mdevmigration.operator.kubevirt.certificate.CertificateSource;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What is done about KubeVirt's migrations.
 *
 * @param mode what may become of a migration that is created
 * @param asksAboutPermitted whether the types that KubeVirt permits become MigrationCompatibility
 *     objects
 * @param withdrawal how long a type has to be permitted no more before its object goes
 * @param webhook where migrations are reviewed; empty: nowhere, and they are only followed
 * @param look how often what is not watched is looked at: the definition of migrations, the
 *     certificate, the permitted types
 */
public record KubeVirtSettings(
    Mode mode,
    boolean asksAboutPermitted,
    Duration withdrawal,
    Optional<Webhook> webhook,
    Duration look) {
  /** How often is looked where nothing else is said. */
  public static final Duration LOOK = Duration.ofSeconds(10);

  /**
   * Where migrations are reviewed.
   *
   * @param address where to listen
   * @param certificate what to show
   * @param unbound who asks what a requester may see, and tells of refusals: also while another
   *     replica leads
   */
  public record Webhook(
      InetSocketAddress address, CertificateSource certificate, KubernetesClient unbound) {}
}
