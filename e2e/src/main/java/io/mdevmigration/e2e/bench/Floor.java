package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the API server itself can do: one bare merge patch of each node, with 16 connections. The
 * patch sets two labels, so that what it writes is of the size that a label of ours is.
 */
final class Floor {
  private static final int ROUNDS = 4;

  private final KubernetesClient client;
  private final List<String> nodes;

  /**
   * The floor of a cluster.
   *
   * @param client speaks HTTP/1.1, so that each thread has a connection
   * @param nodes that there are
   */
  Floor(KubernetesClient client, List<String> nodes) {
    this.client = client;
    this.nodes = List.copyOf(nodes);
  }

  /**
   * Patches all nodes four times. The first time warms up; of the others the one in the middle
   * counts.
   */
  Duration measure() {
    List<Duration> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      patch("\"%d\"".formatted(round));
      rounds.add(Duration.ofNanos(System.nanoTime() - begin));
    }
    patch("null");
    List<Duration> counted = rounds.subList(1, ROUNDS).stream().sorted().toList();
    return counted.get(counted.size() / 2);
  }

  private void patch(String value) {
    String body =
        "{\"metadata\":{\"labels\":{\"bench.invalid/one\":%s,\"bench.invalid/two\":%s}}}"
            .formatted(value, value);
    Crew.each(nodes, node -> patch(node, body));
  }

  /** Nothing but the request: no answer is parsed. */
  private void patch(String node, String body) {
    HttpClient http = client.getHttpClient();
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(client.getMasterUrl() + "api/v1/nodes/" + node)
            .method("PATCH", "application/merge-patch+json", body)
            .build();
    HttpResponse<byte[]> answer = http.sendAsync(request, byte[].class).join();
    if (!answer.isSuccessful()) {
      throw new IllegalStateException("a patch of node " + node + " gave " + answer.code());
    }
  }
}
