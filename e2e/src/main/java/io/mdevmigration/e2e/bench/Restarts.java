package io.mdevmigration.e2e.bench;

import io.mdevmigration.e2e.time.Patience;
import java.time.Duration;

/** The phases in which something ends and begins again: nothing is written and nothing asked. */
final class Restarts {
  /** So many are told from any number: 15,000 one after the other would take half an hour. */
  private static final int IN_TURN_MAX = 2000;

  /**
   * Label changes for which there is no event each are told in sum every ten seconds, or when the
   * operator ends: what was before is to be told before.
   */
  private static final Duration EVENTS = Duration.ofSeconds(12);

  private final Rig rig;

  Restarts(Rig rig) {
    this.rig = rig;
  }

  /** The operator ends as Kubernetes would end it, and begins again. */
  void operator() {
    Counts before = rig.settled(EVENTS);
    rig.say("restarts the operator");
    rig.operator().restart();
    rig.put(
        "operatorReadySeconds",
        "restart of the operator: until it works, s",
        Bench.seconds(rig.operator().ready()),
        "5");
    wrote("operator", rig.settled().since(before));
    rig.put(
        "operatorRestartPeakRssMiB",
        "  its peak RSS, MiB",
        rig.operator().figures().peakRssMiB(),
        "256");
  }

  /** All daemons end, and then all begin again. */
  void daemons() {
    rig.say("restarts all daemons");
    Counts before = rig.settled();
    long begin = System.nanoTime();
    rig.fleet().restartDaemons(rig.patience());
    rig.put(
        "daemonsRestartSeconds",
        "restart of all daemons: until the last has looked at its kernel, s",
        (System.nanoTime() - begin) / 1e9);
    wrote("daemon", rig.settled().since(before));
  }

  /** Daemons end and begin again, one after the other. */
  void daemonsInTurn() {
    int count = Math.min(rig.plan().nodes(), IN_TURN_MAX);
    rig.say("restarts %d daemons one after the other".formatted(count));
    Counts before = rig.settled();
    long begin = System.nanoTime();
    rig.fleet().restartDaemonsInTurn(count, rig.patience());
    rig.put("daemonsInTurn", "daemons restarted one after the other", count);
    rig.put("daemonsInTurnRestartSeconds", "  all of them, s", (System.nanoTime() - begin) / 1e9);
    wrote("daemonsInTurn", rig.settled().since(before));
  }

  /**
   * kube-apiserver is killed and begins again with the same address and data. Operator and daemons
   * work again when all their watches are open; a driver's change shows whether they do.
   */
  void apiServer() {
    rig.say("restarts kube-apiserver");
    Counts before = rig.settled();
    int starts = rig.operator().starts();
    long begin = System.nanoTime();
    rig.controlPlane().restartApiServer();
    long ready = System.nanoTime();
    Patience.until(
        "operator and daemons to watch again",
        rig.patience(),
        () -> {
          // It ends where it cannot renew its Lease in time.
          rig.operator().restartIfEnded();
          OpenWatches open = OpenWatches.now(rig.admin());
          // Looked up later, so that its own watch is hardly ever taken for the operator's.
          return open.areAll(rig.plan().nodes(), rig.fleet().isWatched() ? 1 : 0);
        },
        () -> "open are " + OpenWatches.now(rig.admin()));
    double seconds = (System.nanoTime() - ready) / 1e9;
    figures(seconds, (ready - begin) / 1e9, rig.operator().starts() - starts);
    wrote("apiServer", rig.settled().since(before.ofNewApiServer()));
    rig.operator().restartIfEnded();
    // One, and those that it refuses while it does not know its own roles yet.
    rig.put(
        "apiServerRestartReadsPerNode",
        "  GETs of MdevNodeStates and Nodes, per node",
        1.0 * ApiRequests.now(rig.admin()).readsOfNodes() / rig.plan().nodes());
    Patience.until(
        "the labels to be watched again", rig.patience(), rig.fleet()::isWatched, () -> "not yet");
    rig.put(
        "apiServerRestartChangeSeconds",
        "  a driver's change after that to the node's labels, s",
        Bench.seconds(rig.change(0)));
  }

  private void figures(double seconds, double away, int operatorStarts) {
    rig.say("all watch again after %.1f s".formatted(seconds));
    rig.put(
        "apiServerRestartSeconds",
        "restart of kube-apiserver: from its readiness until all watch again, s",
        seconds);
    rig.put("apiServerAwaySeconds", "  before that it was away for, s", away);
    rig.put(
        "apiServerRestartOperatorStarts",
        "  starts of the operator, which ends with its Lease",
        operatorStarts);
  }

  private void wrote(String what, Counts wrote) {
    rig.say("in the course of it: " + wrote);
    rig.put(what + "RestartApiWrites", "  writes to the API server", wrote.writes(), "0");
    rig.put(what + "RestartKernelWrites", "  writes to kernels", wrote.kernel(), "0");
    rig.fleet().awaitLabels(System.nanoTime(), rig.patience());
  }

  /** Of operator and daemons together. */
  void sum() {
    sum("ApiWrites", "writes to the API server");
    sum("KernelWrites", "writes to kernels");
  }

  private void sum(String which, String what) {
    double all =
        rig.figures().get("operatorRestart" + which)
            + rig.figures().get("daemonRestart" + which)
            + rig.figures().get("daemonsInTurnRestart" + which);
    rig.put("restart" + which, "restarts of operator and daemons: " + what, all, "0");
  }
}
