package io.mdevmigration.e2e.change;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.simulated.Question;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What daemons and operator write from a moment on: to the API server, and to the kernels. */
final class Ledger {
  /** How every daemon of a fleet that is counted has to name itself to the API server. */
  static final String DAEMON = "mdev-node";

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ControlPlane controlPlane;
  private final Fleet fleet;
  private final AuditLog.Mark begin;
  private final Map<String, Map<Question, Integer>> written = new HashMap<>();

  private Ledger(ControlPlane controlPlane, Fleet fleet) {
    this.controlPlane = requireNonNull(controlPlane, "controlPlane");
    this.fleet = requireNonNull(fleet, "fleet");
    this.begin = controlPlane.auditLog().mark();
    fleet.nodes().forEach(node -> written.put(node.name(), node.kernel().writes()));
  }

  /** Counts from now on. */
  static Ledger open(ControlPlane controlPlane, Fleet fleet) {
    return new Ledger(controlPlane, fleet);
  }

  /** The requests that asked for a change, of daemons and operator, Leases apart. */
  AuditEntries requests() {
    return controlPlane
        .auditLog()
        .since(begin)
        .writes()
        .withoutLeases()
        .where(entry -> entry.isBy(DAEMON) || entry.isBy(OperatorProcess.USER_AGENT));
  }

  /**
   * How many requests there were of each kind, such as {@code mdev-operator patch nodes gpu-a}. An
   * Event's own name is left out.
   */
  SortedMap<String, Integer> apiWrites() {
    SortedMap<String, Integer> counts = new TreeMap<>();
    requests()
        .forEach(
            entry -> {
              String by = entry.isBy(DAEMON) ? DAEMON : OperatorProcess.USER_AGENT;
              String name = entry.isEvent() ? "" : " " + entry.name();
              counts.merge(by + " " + entry.verb() + " " + path(entry) + name, 1, Integer::sum);
            });
    return counts;
  }

  /** A request's resource, with the subresource if it is about one. */
  static String path(AuditEntry entry) {
    return entry.subresource().isEmpty()
        ? entry.resource()
        : entry.resource() + "/" + entry.subresource();
  }

  /** How often each question was written to a node's kernel. */
  Map<Question, Integer> kernelWrites(String node) {
    Map<Question, Integer> before = written.getOrDefault(node, Map.of());
    Map<Question, Integer> counts = new HashMap<>();
    fleet
        .node(node)
        .kernel()
        .writes()
        .forEach(
            (question, count) -> {
              int more = count - before.getOrDefault(question, 0);
              if (more > 0) {
                counts.put(question, more);
              }
            });
    return counts;
  }

  /** How many questions were written to the kernels of all nodes. */
  int kernelWrites() {
    return fleet.nodes().stream()
        .map(SimulatedNode::name)
        .flatMap(node -> kernelWrites(node).values().stream())
        .mapToInt(Integer::intValue)
        .sum();
  }

  /**
   * Returns when nothing has been written for so long.
   *
   * @throws IllegalStateException if there is no end of writes, after a minute
   */
  void awaitQuiet(Duration quiet) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long since = System.nanoTime();
    int before = writes();
    while (System.nanoTime() - since < quiet.toNanos()) {
      pause();
      int now = writes();
      if (now != before) {
        before = now;
        since = System.nanoTime();
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("there is no end of writes: " + requests());
      }
    }
  }

  private int writes() {
    return requests().size() + kernelWrites();
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
