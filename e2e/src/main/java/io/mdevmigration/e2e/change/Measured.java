package io.mdevmigration.e2e.change;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.StringJoiner;

/**
 * One change that was measured.
 *
 * @param kind of change
 * @param at when the driver had changed
 * @param nothingWrong from the change until the node carried no label any more that it must not
 * @param right from the change until the node carried exactly the labels that it has to
 * @param requests what was written to the API server because of it
 * @param kernelWrites questions written to all kernels because of it
 */
record Measured(
    Kind kind,
    Instant at,
    Duration nothingWrong,
    Duration right,
    AuditEntries requests,
    int kernelWrites) {
  Measured {
    requireNonNull(kind, "kind");
    requireNonNull(at, "at");
    requireNonNull(nothingWrong, "nothingWrong");
    requireNonNull(right, "right");
    requireNonNull(requests, "requests");
  }

  /** When the API server got each request and had answered it, in ms after the change. */
  String stages() {
    StringJoiner stages = new StringJoiner(", ");
    for (AuditEntry request : requests) {
      stages.add(
          "%s %d-%d"
              .formatted(
                  Ledger.path(request),
                  Duration.between(at, request.received()).toMillis(),
                  Duration.between(at, request.completed()).toMillis()));
    }
    return "%s: right after %d ms; %s".formatted(kind, right.toMillis(), stages);
  }
}
