package io.mdevmigration.operator.cleanup;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether an operator works: it would put back what is removed. */
public final class RunningOperator {
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Looked at this long where the Lease does not say how long it lasts. */
  private static final int DURATION = 15;

  private final KubernetesClient client;
  private final String namespace;

  /**
   * The operator of an installation.
   *
   * @param namespace where it was installed
   */
  public RunningOperator(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * Who holds the Lease and renews it. One that ended without giving it up is told from one that
   * works by looking for as long as the Lease lasts (15 s where nothing else was set): no clock of
   * another machine is believed.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if it cannot be seen
   */
  public Optional<String> holder() throws InterruptedException {
    Optional<Lease> first = held();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Integer lasts = first.get().getSpec().getLeaseDurationSeconds();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(lasts == null ? DURATION : lasts);
    while (System.nanoTime() < end) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      Optional<Lease> now = held();
      if (now.isEmpty()) {
        return Optional.empty();
      }
      if (!version(now.get()).equals(version(first.get()))) {
        return Optional.of(now.get().getSpec().getHolderIdentity());
      }
    }
    return Optional.empty();
  }

  private Optional<Lease> held() {
    return Optional.ofNullable(
            client.leases().inNamespace(namespace).withName(Leftovers.LEASE).get())
        .filter(lease -> lease.getSpec() != null)
        .filter(lease -> lease.getSpec().getHolderIdentity() != null)
        .filter(lease -> !lease.getSpec().getHolderIdentity().isEmpty());
  }

  private static String version(Lease lease) {
    return lease.getMetadata().getResourceVersion();
  }
}
