package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * How many watches an API server has open at a moment, by its own metric
 * apiserver_longrunning_requests.
 *
 * @param states of MdevNodeStates: each daemon has one of its own object, the operator one of all
 * @param nodes of Nodes: the operator has one, and who looks at the labels another
 * @param compatibilities of MigrationCompatibilities: the operator has two while it leads, its own
 *     and that of its statuses
 */
record OpenWatches(long states, long nodes, long compatibilities) {
  /** As of now. */
  static OpenWatches now(KubernetesClient client) {
    return parse(client.raw("/metrics"));
  }

  /** Reads them from the text format of Prometheus. */
  static OpenWatches parse(String metrics) {
    return new OpenWatches(
        of("mdevnodestates", metrics),
        of("nodes", metrics),
        of("migrationcompatibilities", metrics));
  }

  private static long of(String resource, String metrics) {
    return Sample.of("apiserver_longrunning_requests", metrics)
        .filter(sample -> sample.label("verb").equals("WATCH"))
        .filter(sample -> sample.label("resource").equals(resource))
        .mapToLong(sample -> (long) sample.value())
        .sum();
  }

  /**
   * Whether operator and daemons all watch.
   *
   * @param daemons how many
   * @param others how many of the watches of Nodes are not the operator's
   */
  boolean areAll(int daemons, int others) {
    return states > daemons && nodes > others && compatibilities > 1;
  }
}
