package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many requests an API server has answered since its start, by its own metric
 * apiserver_request_total; dry runs left out.
 *
 * @param counts by verb and resource
 */
record ApiRequests(SortedMap<Kind, Long> counts) {
  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE", "APPLY");

  /**
   * A kind of request.
   *
   * @param verb as the metric has it: GET, LIST, WATCH, POST, PUT, PATCH, DELETE …
   * @param resource in the plural, with the subresource behind a slash if it is about one
   */
  record Kind(String verb, String resource) implements Comparable<Kind> {
    @Override
    public int compareTo(Kind other) {
      int byResource = resource.compareTo(other.resource);
      return byResource == 0 ? verb.compareTo(other.verb) : byResource;
    }

    boolean isWrite() {
      return WRITES.contains(verb);
    }
  }

  ApiRequests {
    counts = new TreeMap<>(counts);
  }

  /** As of now. */
  static ApiRequests now(KubernetesClient client) {
    return parse(client.raw("/metrics"));
  }

  /** Reads them from the text format of Prometheus. */
  static ApiRequests parse(String metrics) {
    SortedMap<Kind, Long> counts = new TreeMap<>();
    Sample.of("apiserver_request_total", metrics)
        .filter(sample -> sample.label("dry_run").isEmpty())
        .forEach(sample -> counts.merge(kind(sample), (long) sample.value(), Long::sum));
    return new ApiRequests(counts);
  }

  private static Kind kind(Sample sample) {
    String subresource = sample.label("subresource");
    String resource = sample.label("resource") + (subresource.isEmpty() ? "" : "/" + subresource);
    return new Kind(sample.label("verb"), resource);
  }

  /** How many of them came after others of the same API server process. */
  ApiRequests since(ApiRequests before) {
    SortedMap<Kind, Long> more = new TreeMap<>();
    counts.forEach(
        (kind, count) -> {
          long left = count - before.counts.getOrDefault(kind, 0L);
          if (left > 0) {
            more.put(kind, left);
          }
        });
    return new ApiRequests(more);
  }

  /** A line for each kind, with how many that are per node. */
  String table(int nodes) {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (kind, count) ->
            text.append(
                "  %-8s %-40s %8d %8.2f per node%n"
                    .formatted(kind.verb(), kind.resource(), count, 1.0 * count / nodes)));
    return text.toString();
  }

  /**
   * How many of them asked for a change.
   *
   * @param resource in the plural, with the subresource behind a slash
   */
  long writes(String resource) {
    return counts.entrySet().stream()
        .filter(count -> count.getKey().isWrite() && count.getKey().resource().equals(resource))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private long reads(String resource) {
    return counts.getOrDefault(new Kind("GET", resource), 0L);
  }

  /** How many of them read one MdevNodeState or Node. */
  long readsOfNodes() {
    return reads("mdevnodestates") + reads("nodes");
  }
}
