package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many requests an API server has answered since its start, by its own metric
 * apiserver_request_total; dry runs left out.
 *
 * @param counts by verb and resource
 */
record ApiRequests(SortedMap<Kind, Long> counts) {
  private static final Pattern LINE =
      Pattern.compile("apiserver_request_total\\{([^}]*)} ([0-9.e+]+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");
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
    metrics
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(line -> count(line.group(1), line.group(2), counts));
    return new ApiRequests(counts);
  }

  private static void count(String labels, String value, SortedMap<Kind, Long> counts) {
    Map<String, String> named = new TreeMap<>();
    LABEL.matcher(labels).results().forEach(label -> named.put(label.group(1), label.group(2)));
    if (!named.getOrDefault("dry_run", "").isEmpty()) {
      return;
    }
    String subresource = named.getOrDefault("subresource", "");
    String resource =
        named.getOrDefault("resource", "") + (subresource.isEmpty() ? "" : "/" + subresource);
    Kind kind = new Kind(named.getOrDefault("verb", ""), resource);
    counts.merge(kind, (long) Double.parseDouble(value), Long::sum);
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

  /**
   * How many of them read one object.
   *
   * @param resource in the plural
   */
  long reads(String resource) {
    return counts.getOrDefault(new Kind("GET", resource), 0L);
  }
}
