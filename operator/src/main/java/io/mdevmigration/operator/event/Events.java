package io.mdevmigration.operator.event;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import io.mdevmigration.operator.trial.Happening;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has happened and is to be told. Whoever decides puts it here and goes on: nothing here
 * blocks, waits or fails. Events are a courtesy: what there is no room for is counted or forgotten.
 * Safe for use by many threads.
 */
public final class Events {
  private static final Logger log = LoggerFactory.getLogger(Events.class);
  private static final int QUEUE_MAX = 1024;

  /**
   * How many events there may be.
   *
   * @param burst at once, at least 1
   * @param interval after which there may be one more
   */
  public record Rate(int burst, Duration interval) {
    /** 50 at once, then one a second. */
    public static final Rate DEFAULT = new Rate(50, Duration.ofSeconds(1));
  }

  private final Compatibilities compatibilities;
  private final InstantSource clock;
  private final TokenBucket ofNodes;
  private final TokenBucket ofCompatibilities;
  private final TokenBucket ofMigrations;
  private final LeftOut leftOut = new LeftOut();
  private final BlockingQueue<Occurrence> queue = new LinkedBlockingQueue<>(QUEUE_MAX);

  /**
   * No events yet.
   *
   * @param compatibilities who wants which labels
   * @param rate of events on Nodes; the same again of events on MigrationCompatibility objects, and
   *     of those about migrations
   * @param clock the time
   */
  public Events(Compatibilities compatibilities, Rate rate, InstantSource clock) {
    this.compatibilities = compatibilities;
    this.clock = clock;
    this.ofNodes = new TokenBucket(rate.burst(), rate.interval());
    this.ofCompatibilities = new TokenBucket(rate.burst(), rate.interval());
    this.ofMigrations = new TokenBucket(rate.burst(), rate.interval());
  }

  /**
   * A node's labels were changed.
   *
   * @param node the node as it was
   * @param report what its MdevNodeState said
   * @param wanted the classes to label, by label key
   * @param changes label key to the row that added or removed it
   */
  public void labelsChanged(
      NodeFacts node,
      Optional<NodeReport> report,
      Map<String, MdevClass> wanted,
      SortedMap<String, LabelRow> changes) {
    quietly(
        () -> {
          for (LabelChange change : LabelChange.of(node, report, wanted, changes)) {
            if (ofNodes.take(clock.instant())) {
              put(change.occurrence());
            } else {
              leaveOut(change, wanted);
            }
          }
        });
  }

  /**
   * A MigrationCompatibility's conditions change.
   *
   * @param asked the object
   * @param before the conditions that it had
   * @param after the conditions that it gets
   */
  public void conditionsChanged(Asked asked, List<Condition> before, List<Condition> after) {
    quietly(() -> ReadyChange.of(about(asked), before, after).ifPresent(this::putLimited));
  }

  /**
   * Something happened to the trial of a class.
   *
   * @param asked the MigrationCompatibility that asks
   * @param digest of the class
   * @param happening what
   */
  public void happened(Asked asked, String digest, Happening happening) {
    quietly(() -> putLimited(TrialEvent.of(about(asked), digest, happening)));
  }

  /** Something happened to a migration. */
  public void happenedToMigration(Occurrence occurrence) {
    quietly(() -> putLimited(ofMigrations, occurrence));
  }

  /**
   * The next event to write.
   *
   * @param wait how long to wait for one
   * @return empty if there was none
   */
  Optional<Occurrence> next(Duration wait) throws InterruptedException {
    synchronized (this) {
      leftOut.due(clock.instant()).forEach(this::put);
    }
    return Optional.ofNullable(queue.poll(wait.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Everything that is not written yet, because nothing more comes. */
  synchronized List<Occurrence> rest() {
    leftOut.rest().forEach(this::put);
    List<Occurrence> rest = new ArrayList<>();
    queue.drainTo(rest);
    return rest;
  }

  private void leaveOut(LabelChange change, Map<String, MdevClass> wanted) {
    for (String key : change.keys()) {
      MdevClass mdevClass = wanted.get(key);
      for (Asked asked : compatibilities.all()) {
        if (asked.spec().labelNodes()
            && asked.resolution().mdevClasses().contains(mdevClass)
            && asked.targets(change.node())) {
          leftOut.add(about(asked), change, key, clock.instant());
        }
      }
    }
  }

  private void putLimited(Occurrence occurrence) {
    putLimited(ofCompatibilities, occurrence);
  }

  private void putLimited(TokenBucket bucket, Occurrence occurrence) {
    if (bucket.take(clock.instant())) {
      put(occurrence);
    } else {
      log.debug("too many events, left out: {}", occurrence);
    }
  }

  private void put(Occurrence occurrence) {
    if (!queue.offer(occurrence)) {
      log.debug("no room for another event, left out: {}", occurrence);
    }
  }

  private synchronized void quietly(Runnable put) {
    try {
      put.run();
    } catch (RuntimeException e) {
      log.warn("an event could not be made; nothing else depends on it", e);
    }
  }

  private static Involved about(Asked asked) {
    return Involved.compatibility(asked.name(), asked.uid());
  }
}
