package io.mdevmigration.operator;

import io.mdevmigration.operator.leader.LeaseTerms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options about which replica works. */
final class LeaseOptions {
  private static final Path POD_NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  @Option(
      names = "--no-leader-election",
      description =
          "Works at once and without a Lease; right only where never more than one replica runs.")
  private boolean alone;

  @Option(
      names = "--lease-name",
      description =
          "The Lease that the replicas compete for (default: ${DEFAULT-VALUE}). The holder works,"
              + " the others stand by.",
      defaultValue = "mdev-operator")
  private String name;

  @Option(
      names = "--lease-namespace",
      description = "Its namespace (default: the pod's own; outside of a pod: default).")
  private String namespace;

  @Option(
      names = "--lease-duration",
      description =
          "How long after the last renewal another replica takes over (default: ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "15s")
  private Duration duration;

  @Option(
      names = "--lease-renew-deadline",
      description =
          "How long the holder works on without a renewal; then it ends (default:"
              + " ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "10s")
  private Duration renewDeadline;

  @Option(
      names = "--lease-retry-period",
      description = "How often each replica tries (default: ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "2s")
  private Duration retryPeriod;

  /**
   * The Lease to compete for; empty if there is no competition.
   *
   * @throws IllegalArgumentException if the options do not fit together
   */
  Optional<LeaseTerms> terms() {
    return alone
        ? Optional.empty()
        : Optional.of(
            new LeaseTerms(
                namespace == null ? podNamespace() : namespace,
                name,
                duration,
                renewDeadline,
                retryPeriod));
  }

  /** The pod's own namespace; outside of a pod: default. */
  static String podNamespace() {
    return ownNamespace().orElse("default");
  }

  /** The pod's own namespace; empty outside of a pod. */
  static Optional<String> ownNamespace() {
    try {
      return Optional.of(Files.readString(POD_NAMESPACE, StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
