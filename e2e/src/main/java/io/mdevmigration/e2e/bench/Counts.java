package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * What daemons and operator have written so far.
 *
 * @param ofNodes to MdevNodeStates and to the labels of Nodes
 * @param statuses of MigrationCompatibilities
 * @param events Events
 * @param kernel questions, to all kernels
 */
record Counts(long ofNodes, long statuses, long events, long kernel) {
  /** As of now. */
  static Counts now(KubernetesClient admin, BenchFleet fleet) {
    ApiRequests requests = ApiRequests.now(admin);
    return new Counts(
        requests.writes("mdevnodestates")
            + requests.writes("mdevnodestates/status")
            + requests.writes("nodes"),
        requests.writes("migrationcompatibilities/status"),
        requests.writes("events"),
        fleet.kernelWrites());
  }

  /** What of it was written after an earlier moment. */
  Counts since(Counts before) {
    return new Counts(
        ofNodes - before.ofNodes,
        statuses - before.statuses,
        events - before.events,
        kernel - before.kernel);
  }

  /** The same moment as a new process of the API server sees it, which counts from its start. */
  Counts ofNewApiServer() {
    return new Counts(0, 0, 0, kernel);
  }

  /** All writes to the API server. */
  long writes() {
    return ofNodes + statuses + events;
  }
}
