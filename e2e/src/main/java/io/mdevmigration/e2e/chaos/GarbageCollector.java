package io.mdevmigration.e2e.chaos;

import static java.util.stream.Collectors.toSet;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MdevNodeState;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Plays the controller-manager's part: deletes each MdevNodeState whose Node is no more. */
final class GarbageCollector implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(250);

  private final KubernetesClient client;
  private final CountDownLatch end = new CountDownLatch(1);

  GarbageCollector(KubernetesClient client) {
    this.client = client;
    Thread thread = new Thread(this::run, "garbage-collector");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (!end.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          collect();
        } catch (KubernetesClientException e) {
          // later
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The states first: the Node of one that is there was there before it. */
  private void collect() {
    var states = client.resources(MdevNodeState.class).list().getItems();
    Set<String> nodes =
        client.nodes().list().getItems().stream()
            .map(node -> node.getMetadata().getUid())
            .collect(toSet());
    for (MdevNodeState state : states) {
      boolean owned =
          state.getMetadata().getOwnerReferences().stream()
              .anyMatch(owner -> nodes.contains(owner.getUid()));
      if (!owned) {
        client.resource(state).lockResourceVersion().delete();
      }
    }
  }

  @Override
  public void close() {
    end.countDown();
  }
}
