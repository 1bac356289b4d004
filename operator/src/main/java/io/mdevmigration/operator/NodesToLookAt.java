package io.mdevmigration.operator;

import io.mdevmigration.operator.fleet.ClassOnDriver;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.node.KeyedQueue;
import io.mdevmigration.operator.node.NodeReconciler;
import io.mdevmigration.operator.trial.Trials;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that wait to be brought to what is decided. While this replica does not lead nothing
 * waits: a standby writes nothing. And before everything has been read once, what is wanted only
 * seems to be wanted by nobody.
 */
final class NodesToLookAt implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodesToLookAt.class);

  private final Fleet fleet;
  private final Trials trials;
  private final NodeReconciler reconciler;
  private final ReconcileTimes times;
  private final InstantSource clock;
  private final KeyedQueue queue;
  private volatile State state = State.STANDING_BY;

  private enum State {
    STANDING_BY,
    LEADING,
    STOPPED
  }

  /**
   * Nothing to look at yet.
   *
   * @param workers nodes that are written at the same time, at least 1
   * @param fleet what is known
   * @param trials who tries what
   * @param reconciler who looks and writes
   * @param times where it is told how long that takes
   * @param clock the time, as the reconciler has it
   */
  NodesToLookAt(
      int workers,
      Fleet fleet,
      Trials trials,
      NodeReconciler reconciler,
      ReconcileTimes times,
      InstantSource clock) {
    this.fleet = fleet;
    this.trials = trials;
    this.reconciler = reconciler;
    this.times = times;
    this.clock = clock;
    this.queue = new KeyedQueue(workers, this::handle);
  }

  private void handle(String name) {
    times.node(() -> reconciler.reconcile(name).ifPresent(delay -> queue.addAfter(name, delay)));
  }

  /**
   * From now on this replica leads: all nodes are looked at, and whatever changes. Nothing if it
   * has stopped.
   */
  void lead() {
    synchronized (this) {
      if (state == State.STOPPED) {
        return;
      }
      state = State.LEADING;
    }
    fleet.nodes().forEach(node -> changed(node.name()));
  }

  /** Whether this replica leads. */
  boolean leads() {
    return state == State.LEADING;
  }

  /** Something that may concern every node has changed. */
  void all() {
    fleet.nodes().forEach(node -> concerned(node.name()));
  }

  /** Something that concerns a node has changed. */
  void concerned(String node) {
    if (leads()) {
      queue.add(node);
    }
  }

  /**
   * Something of the node itself has changed, or may have. However many nodes wait, a label that
   * its driver or its boot takes away goes first.
   */
  void changed(String node) {
    if (leads() && hasToLoseALabel(node)) {
      queue.addFirst(node);
    } else {
      concerned(node);
    }
  }

  private boolean hasToLoseALabel(String node) {
    try {
      return reconciler.hasToLoseALabel(node);
    } catch (RuntimeException e) {
      // Whoever handles the node meets it again, and tells; here it would end what is followed.
      log.debug("node {} is looked at in its turn", node, e);
      return false;
    }
  }

  /**
   * Classes are no longer new to their drivers, or are again: that concerns all nodes with these
   * drivers.
   */
  void newToDrivers(Collection<ClassOnDriver> pairs) {
    trials.changed(pairs, clock.instant());
    pairs.forEach(pair -> fleet.serversOf(pair.type(), pair.driver()).forEach(this::concerned));
  }

  /** A trial has begun or ended: who tries goes before the thousands that may wait for it. */
  void triersOf(String digest) {
    if (leads()) {
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

  /** From now on nothing more waits, and never will. */
  synchronized void stop() {
    state = State.STOPPED;
  }

  /** Handles nothing more; waits up to 5 s for what is being handled. */
  @Override
  public void close() {
    stop();
    queue.close();
  }
}
