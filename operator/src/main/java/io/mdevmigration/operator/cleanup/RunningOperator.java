package io.mdevmigration.operator.cleanup;

import static java.util.stream.Collectors.toMap;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Whether an operator works: it would put back what is removed. */
public final class RunningOperator {
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Looked at this long where the Lease does not say how long it lasts. */
  private static final Duration USUAL = Duration.ofSeconds(15);

  /** Nobody waits longer. */
  private static final Duration WAIT_MAX = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final String namespace;
  private final Consumer<String> progress;

  /**
   * The operators of a cluster.
   *
   * @param namespace where one was installed; looked at alone where others may not be looked at
   * @param progress told what is waited for, if something is
   */
  public RunningOperator(KubernetesClient client, String namespace, Consumer<String> progress) {
    this.client = client;
    this.namespace = namespace;
    this.progress = progress;
  }

  /**
   * Who holds a Lease and renews it, wherever it was installed: labels and objects are the whole
   * cluster's. One that ended without giving it up is told from one that works by looking for as
   * long as the Lease lasts (15 s where nothing else was set): no clock of another machine is
   * believed. One that lasts longer than a minute counts as held.
   *
   * @return the holder and the Lease
   * @throws KubernetesClientException if the Leases cannot be seen
   */
  public Optional<String> holder() throws InterruptedException {
    Map<String, Lease> first = held();
    for (Lease lease : first.values()) {
      if (lasts(lease).compareTo(WAIT_MAX) > 0) {
        return Optional.of(told(lease));
      }
    }
    Duration wait =
        first.values().stream().map(RunningOperator::lasts).reduce(LOOK, RunningOperator::longer);
    if (!first.isEmpty()) {
      progress.accept(
          "looks for up to %d s whether %s still works"
              .formatted(wait.toSeconds(), told(first.values().iterator().next())));
    }
    long end = System.nanoTime() + wait.toNanos();
    while (!first.isEmpty() && System.nanoTime() < end) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      Map<String, Lease> now = held();
      first.keySet().retainAll(now.keySet());
      for (var known : first.entrySet()) {
        if (!version(now.get(known.getKey())).equals(version(known.getValue()))) {
          return Optional.of(told(now.get(known.getKey())));
        }
      }
    }
    return Optional.empty();
  }

  /** The Leases that somebody holds, by namespace. */
  private Map<String, Lease> held() {
    return all().stream()
        .filter(lease -> lease.getSpec() != null)
        .filter(lease -> lease.getSpec().getHolderIdentity() != null)
        .filter(lease -> !lease.getSpec().getHolderIdentity().isEmpty())
        .collect(
            toMap(
                lease -> lease.getMetadata().getNamespace(),
                lease -> lease,
                (a, b) -> a,
                TreeMap::new));
  }

  private List<Lease> all() {
    try {
      return client
          .leases()
          .inAnyNamespace()
          .withField("metadata.name", Leftovers.LEASE)
          .list()
          .getItems();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      // As for the account of the chart's hook, which may look at its own namespace alone.
      return Optional.ofNullable(
              client.leases().inNamespace(namespace).withName(Leftovers.LEASE).get())
          .map(List::of)
          .orElse(List.of());
    }
  }

  private static Duration lasts(Lease lease) {
    return Optional.ofNullable(lease.getSpec().getLeaseDurationSeconds())
        .map(Duration::ofSeconds)
        .orElse(USUAL);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static String told(Lease lease) {
    return "%s, which holds Lease %s/%s"
        .formatted(
            lease.getSpec().getHolderIdentity(),
            lease.getMetadata().getNamespace(),
            lease.getMetadata().getName());
  }

  private static String version(Lease lease) {
    return lease.getMetadata().getResourceVersion();
  }
}
