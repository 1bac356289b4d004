package io.mdevmigration.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings.Webhook;
import io.mdevmigration.operator.kubevirt.admission.Mode;
import io.mdevmigration.operator.kubevirt.certificate.CertificateFiles;
import io.mdevmigration.operator.kubevirt.certificate.CertificateSource;
import io.mdevmigration.operator.kubevirt.certificate.ManagedCertificate;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The options about KubeVirt. By hand nothing is done about it: the API server could not call a
 * program on somebody's desk. In a pod the manifest sets {@code MDEV_KUBEVIRT_MODE} and {@code
 * MDEV_WEBHOOK_PORT}.
 */
final class KubeVirtOptions {
  private static final String OFF = "Off";
  private static final int PORT_MAX = 65_535;

  /** A replica may show the former certificate until its next look. */
  private static final Duration SETTLE_MIN = KubeVirtSettings.LOOK.multipliedBy(2);

  @Option(
      names = "--kubevirt-mode",
      paramLabel = "MODE",
      defaultValue = "${env:MDEV_KUBEVIRT_MODE:-Off}",
      description =
          "What becomes of KubeVirt's live migrations. Off: KubeVirt is not looked at; Report:"
              + " nothing is changed, warnings say what would be; Steer: they go to nodes that"
              + " accept, and are refused if certainly none does; Strict: refused also if none is"
              + " known to (default: $MDEV_KUBEVIRT_MODE, else Off).")
  private String mode;

  @Option(
      names = "--no-permitted-types",
      description =
          "Creates no MigrationCompatibility objects for the mdev types that the KubeVirt object"
              + " permits.")
  private boolean noPermittedTypes;

  @Option(
      names = "--webhook-port",
      paramLabel = "PORT",
      defaultValue = "${env:MDEV_WEBHOOK_PORT:-0}",
      description =
          "Where the API server has migrations reviewed, over HTTPS; 0: nowhere, and they are only"
              + " followed (default: $MDEV_WEBHOOK_PORT, else 0).")
  private int port;

  @Option(
      names = "--webhook-namespace",
      description =
          "The namespace of Secret and Service (default: the pod's own; outside of a pod:"
              + " default).")
  private String namespace;

  @Option(
      names = "--webhook-secret",
      defaultValue = "mdev-operator-webhook",
      description =
          "The Secret in which the replicas keep their certificate. It has to exist, empty at"
              + " first (default: ${DEFAULT-VALUE}).")
  private String secret;

  @Option(
      names = "--webhook-service",
      defaultValue = "mdev-operator-webhook",
      description = "The Service by which the API server calls (default: ${DEFAULT-VALUE}).")
  private String service;

  @Option(
      names = "--webhook-configuration",
      defaultValue = "mdev-migration",
      description =
          "The MutatingWebhookConfiguration whose caBundle is kept (default: ${DEFAULT-VALUE}).")
  private String configuration;

  @Option(
      names = "--webhook-certificate",
      paramLabel = "FILE",
      description =
          "A certificate (PEM) to show instead, for example cert-manager's; looked at every 10"
              + " seconds. The caBundle is then left alone.")
  private Path certificate;

  @Option(names = "--webhook-key", paramLabel = "FILE", description = "Its key (PEM, PKCS #8).")
  private Path key;

  @Option(
      names = "--webhook-certificate-life",
      description =
          "How long a certificate lasts that the operator makes (default: ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "2160h")
  private Duration life;

  @Option(
      names = "--webhook-certificate-renew",
      description = "How long before its end the next one is made (default: ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "720h")
  private Duration renew;

  @Option(
      names = "--webhook-certificate-settle",
      description =
          "How long the next one is trusted before a replica shows it, at least 20s: longer than any"
              + " API server takes to learn of a changed caBundle (default: ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "1h")
  private Duration settle;

  /**
   * What is done about KubeVirt; empty if nothing is.
   *
   * @param client who keeps the certificate
   * @param unbound who may write also while another replica leads
   * @param grace how long a type has to be permitted no more before its object goes
   * @throws IllegalArgumentException if the options do not fit together
   */
  Optional<KubeVirtSettings> settings(
      KubernetesClient client, KubernetesClient unbound, Duration grace) {
    if (mode.equalsIgnoreCase(OFF)) {
      return Optional.empty();
    }
    if (port < 0 || port > PORT_MAX) {
      throw new IllegalArgumentException(
          "--webhook-port is %d: it must be 0 to 65535".formatted(port));
    }
    if (settle.compareTo(SETTLE_MIN) < 0) {
      throw new IllegalArgumentException(
          "--webhook-certificate-settle is %d s: it must be at least %d s, as each replica looks every %d s"
              .formatted(
                  settle.toSeconds(), SETTLE_MIN.toSeconds(), KubeVirtSettings.LOOK.toSeconds()));
    }
    return Optional.of(
        new KubeVirtSettings(
            mode(),
            !noPermittedTypes,
            grace,
            port == 0
                ? Optional.empty()
                : Optional.of(new Webhook(new InetSocketAddress(port), source(client), unbound)),
            KubeVirtSettings.LOOK));
  }

  private Mode mode() {
    return Arrays.stream(Mode.values())
        .filter(known -> known.name().equalsIgnoreCase(mode))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--kubevirt-mode is %s: it must be Off, Report, Steer or Strict"
                        .formatted(mode)));
  }

  private CertificateSource source(KubernetesClient client) {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "--webhook-certificate and --webhook-key belong together: give both or none");
    }
    return certificate == null
        ? new ManagedCertificate(
            client,
            new ManagedCertificate.Terms(
                namespace == null ? LeaseOptions.podNamespace() : namespace,
                secret,
                service,
                configuration,
                life,
                renew,
                settle),
            InstantSource.system())
        : new CertificateFiles(certificate, key);
  }
}
