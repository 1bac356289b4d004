package io.mdevmigration.e2e.bench;

import io.mdevmigration.e2e.time.Latencies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** The phases in which drivers change. */
final class DriverChanges {
  /** Of every run, so that runs compare. */
  private static final long SEED = 1;

  private final Rig rig;

  DriverChanges(Rig rig) {
    this.rig = rig;
  }

  /** Changes of one driver, one at a time. */
  void change(int changes) {
    rig.say(changes + " changes of a driver, one at a time");
    Random random = new Random(SEED);
    Counts before = rig.counts();
    List<Duration> times = new ArrayList<>();
    for (int i = 0; i < changes; i++) {
      times.add(rig.change(random.nextInt(rig.plan().nodes())));
    }
    Latencies latencies = new Latencies(times);
    rig.say(
        "changes: p50 %.0f ms, p99 %.0f ms"
            .formatted(latencies.percentile(50), latencies.percentile(99)));
    rig.put(
        "changeToLabelP50Seconds",
        "a driver's change to the node's labels, p50, s",
        latencies.percentile(50) / 1000);
    rig.put(
        "changeToLabelP99Seconds",
        "a driver's change to the node's labels, p99, s",
        latencies.percentile(99) / 1000,
        "1, then 0.25");
    rig.put(
        "changeWrites",
        "  writes to MdevNodeStates and Nodes, per change",
        1.0 * rig.settled().since(before).ofNodes() / changes,
        "2");
  }

  /** After the changes, so that what they altered is the driver's own again. */
  void upgrade(int upgraded) {
    rig.say("another driver for " + upgraded + " nodes, 16 at a time");
    Counts before = rig.settled();
    Queue<Duration> times = new ConcurrentLinkedQueue<>();
    long begin = System.nanoTime();
    Crew.each(IntStream.range(0, upgraded).boxed().toList(), node -> times.add(rig.upgrade(node)));
    double seconds = (System.nanoTime() - begin) / 1e9;
    Latencies latencies = new Latencies(List.copyOf(times));
    rig.say("the upgrade: %.1f s".formatted(seconds));
    rig.put("upgradeNodes", "rolling upgrade, 16 nodes at a time: nodes", upgraded);
    rig.put("upgradeSeconds", "  all of it, s", seconds);
    rig.put(
        "upgradeToLabelP99Seconds",
        "  from a node's new driver to its labels, p99, s",
        latencies.percentile(99) / 1000);
    rig.put(
        "upgradeWrites",
        "  writes to MdevNodeStates and Nodes, per node",
        1.0 * rig.settled().since(before).ofNodes() / upgraded,
        "5");
  }
}
