package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.time.Patience;
import java.time.Duration;
import java.util.Optional;

/**
 * What all phases work with.
 *
 * @param controlPlane etcd and kube-apiserver
 * @param admin who counts and asks
 * @param operator which works
 * @param fleet the nodes with their daemons
 * @param plan the same on paper
 * @param figures where results go
 * @param progress where it is told what is being done
 */
record Rig(
    ControlPlane controlPlane,
    KubernetesClient admin,
    ShippedOperator operator,
    BenchFleet fleet,
    FleetPlan plan,
    Figures figures,
    Progress progress) {
  /** A status may be written a second late. */
  private static final Duration QUIET = Duration.ofSeconds(3);

  private static final Duration LOOK = Duration.ofMillis(500);

  /** How long anything may take: a class is tried on one driver after the other. */
  Duration patience() {
    return Duration.ofMinutes(2)
        .plusMillis(200L * plan.nodes())
        .plusSeconds(10L * (plan.classes() - 1));
  }

  /** Tells what is being done. */
  void say(String what) {
    progress.say(what);
  }

  /** Notes a figure. */
  void put(String name, String what, Number value) {
    figures.put(name, what, value);
  }

  /** Notes a figure that has a budget. */
  void put(String name, String what, Number value, String budget) {
    figures.put(name, what, value, budget);
  }

  /** What has been written so far. */
  Counts counts() {
    return Counts.now(admin, fleet);
  }

  /** Waits until nothing more is written, and counts. */
  Counts settled() {
    return settled(QUIET);
  }

  /** Waits until nothing has been written for so long, and counts. */
  Counts settled(Duration quiet) {
    long end = System.nanoTime() + patience().toNanos();
    Counts last = counts();
    long since = System.nanoTime();
    while (System.nanoTime() - since < quiet.toNanos()) {
      Patience.pause(LOOK);
      Counts now = counts();
      if (!now.equals(last)) {
        last = now;
        since = System.nanoTime();
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("there is no end of writes: " + last);
      }
    }
    return last;
  }

  /**
   * A driver's change of a node.
   *
   * @return how long it took to the right labels
   * @throws IllegalStateException if they were not right in time
   */
  Duration change(int node) {
    return inTime(node, fleet.change(node, patience()));
  }

  /** The same with another driver of the fleet in the place of the node's own. */
  Duration upgrade(int node) {
    return inTime(node, fleet.upgrade(node, patience()));
  }

  private Duration inTime(int node, Optional<Duration> took) {
    return took.orElseThrow(
        () ->
            new IllegalStateException(
                "%s does not carry the right labels %d s after a change"
                    .formatted(FleetPlan.node(node), patience().toSeconds())));
  }
}
