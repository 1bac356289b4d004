package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The kubelets' part: every node's status is written anew all the while, evenly spread over time. A
 * kubelet does so every five minutes where nothing changes (nodeStatusReportFrequency). The Leases
 * that it renews more often are left out: nothing here watches them.
 */
final class Heartbeats implements AutoCloseable {
  static final Duration PERIOD = Duration.ofMinutes(5);

  private final KubernetesClient client;
  private final List<String> nodes;
  private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor();
  private int next;

  /** None yet. */
  Heartbeats(KubernetesClient client, List<String> nodes) {
    this.client = client;
    this.nodes = List.copyOf(nodes);
  }

  /** They begin. */
  void begin() {
    long apart = PERIOD.toNanos() / nodes.size();
    var unused = heart.scheduleAtFixedRate(this::beat, apart, apart, TimeUnit.NANOSECONDS);
  }

  private void beat() {
    String node = nodes.get(next++ % nodes.size());
    String now = Instant.now().toString();
    HttpClient http = client.getHttpClient();
    // Nobody waits for it, and one that is lost is followed by another.
    var unused =
        http.sendAsync(
            http.newHttpRequestBuilder()
                .uri(client.getMasterUrl() + "api/v1/nodes/" + node + "/status")
                .method(
                    "PATCH",
                    "application/strategic-merge-patch+json",
                    """
                    {"status":{"conditions":[
                      {"type":"Ready","status":"True","lastHeartbeatTime":"%s"}]}}"""
                        .formatted(now))
                .build(),
            byte[].class);
  }

  @Override
  public void close() {
    heart.shutdownNow();
  }
}
