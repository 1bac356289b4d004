package io.mdevmigration.operator;

import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.node.KeyedQueue;
import io.mdevmigration.operator.node.NodeReconciler;
import io.mdevmigration.operator.trial.Trials;
import java.time.Duration;

/**
 * The nodes that wait to be brought to what is decided. While this replica does not lead nothing
 * waits: a standby writes nothing. And before everything has been read once, what is wanted only
 * seems to be wanted by nobody.
 */
final class NodesToLookAt implements AutoCloseable {
  private final Fleet fleet;
  private final Trials trials;
  private final NodeReconciler reconciler;
  private final ReconcileTimes times;
  private final KeyedQueue queue;
  private volatile boolean leading;

  /**
   * Nothing to look at yet.
   *
   * @param workers nodes that are written at the same time, at least 1
   * @param fleet what is known
   * @param trials who tries what
   * @param reconciler who looks and writes
   * @param times where it is told how long that takes
   */
  NodesToLookAt(
      int workers, Fleet fleet, Trials trials, NodeReconciler reconciler, ReconcileTimes times) {
    this.fleet = fleet;
    this.trials = trials;
    this.reconciler = reconciler;
    this.times = times;
    this.queue = new KeyedQueue(workers, this::handle);
  }

  private void handle(String name) {
    times.node(() -> reconciler.reconcile(name).ifPresent(delay -> queue.addAfter(name, delay)));
  }

  /** From now on this replica leads: all nodes are looked at, and whatever changes. */
  void lead() {
    leading = true;
    all();
  }

  /** Whether this replica leads. */
  boolean leads() {
    return leading;
  }

  /** Something that may concern every node has changed. */
  void all() {
    fleet.nodes().forEach(node -> concerned(node.name()));
  }

  /** Something that concerns a node has changed. */
  void concerned(String node) {
    if (leading) {
      queue.add(node);
    }
  }

  /** Something of the node itself has changed: removals go first, however many nodes wait. */
  void changed(String node) {
    if (leading && reconciler.hasToLoseALabel(node)) {
      queue.addFirst(node);
    } else {
      concerned(node);
    }
  }

  /** A trial has begun or ended: who tries goes before the thousands that may wait for it. */
  void triersOf(String digest) {
    if (leading) {
      trials.nodesOf(digest).forEach(queue::addFirst);
    }
  }

  /** How many wait. */
  int length() {
    return queue.length();
  }

  /** See {@link KeyedQueue#standsStill()}. */
  Duration standsStill() {
    return queue.standsStill();
  }

  /** From now on nothing more waits. */
  void stopLeading() {
    leading = false;
  }

  /** Handles nothing more; waits up to 5 s for what is being handled. */
  @Override
  public void close() {
    stopLeading();
    queue.close();
  }
}
