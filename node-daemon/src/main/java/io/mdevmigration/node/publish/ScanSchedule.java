package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.uevent.KernelChange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides when the mdev tree is read: from time to time, when asked for, and when the kernel tells
 * of changes. Those wait for each other, so that a driver that comes with hundreds of parents is
 * read once, as a whole; but not for ever, so that a storm of them cannot hide what has changed.
 *
 * <p>Knows no clock: each method is told what the time is. May be used by several threads.
 */
final class ScanSchedule {
  /** Something went away during a scan: by then the driver has probably finished. */
  private static final Duration SOON = Duration.ofMillis(200);

  /**
   * After a parent was registered: a driver may add its version attributes after the kernel has
   * told of the parent, and nothing tells of them.
   */
  private static final List<Duration> LOOK_AGAIN =
      List.of(SOON, Duration.ofSeconds(1), Duration.ofSeconds(3));

  private final Duration rescan;
  private final Duration settle;
  private final Duration settleAtMost;

  /** Guarded by this, like all below. When the tree is read whatever happens. */
  private Instant latest = Instant.EPOCH;

  private boolean asked;

  /** When the kernel told of changes that no scan has seen yet. */
  private Optional<Instant> first = Optional.empty();

  private Instant last = Instant.EPOCH;
  private Optional<Instant> registered = Optional.empty();

  /** When the last scan began; what happened before it was seen by it. */
  private Instant begun = Instant.EPOCH;

  private Instant ended = Instant.EPOCH;

  /**
   * A schedule on which a scan is due.
   *
   * @param rescan how long after a scan the next one is due, if nothing happens
   * @param settle how long no change must have been told of before the tree is read
   * @param settleAtMost how long after the first one it is read all the same
   */
  ScanSchedule(Duration rescan, Duration settle, Duration settleAtMost) {
    this.rescan = requireNonNull(rescan, "rescan");
    this.settle = requireNonNull(settle, "settle");
    this.settleAtMost = requireNonNull(settleAtMost, "settleAtMost");
  }

  /** The kernel tells of a change; gives how long to wait for the scan that will see it. */
  synchronized Duration changed(KernelChange change, Instant now) {
    believe(now);
    first = Optional.of(first.orElse(now));
    last = now;
    if (change == KernelChange.REGISTERED || change == KernelChange.LOST) {
      registered = Optional.of(now);
    }
    return Duration.between(now, latestOf(now, due(now)));
  }

  /** Makes a scan due at once, or as soon as the kernel has settled. */
  synchronized void ask() {
    asked = true;
  }

  /** Makes a scan due soon: something is about to be gone. */
  synchronized void askSoon(Instant now) {
    latest = earliestOf(latest, now.plus(SOON));
  }

  /**
   * Whether the kernel is changing: then what is known of it is about to be wrong, and it is better
   * to wait for the scan.
   */
  synchronized boolean isSettling(Instant now) {
    return first.isPresent() && !isDue(now);
  }

  /** Whether to read the tree now. */
  synchronized boolean isDue(Instant now) {
    return !now.isBefore(due(now));
  }

  /** When the tree is to be read next, were nothing to happen until then. */
  synchronized Instant due(Instant now) {
    believe(now);
    if (first.isPresent()) {
      // Whatever else is due is due to be seen by this one, and not in the middle of a change.
      Instant settled = earliestOf(last.plus(settle), first.orElseThrow().plus(settleAtMost));
      return latestOf(settled, ended.plus(settle));
    }
    Optional<Instant> again =
        registered.flatMap(
            moment -> LOOK_AGAIN.stream().map(moment::plus).filter(begun::isBefore).findFirst());
    return asked ? now : again.map(moment -> earliestOf(moment, latest)).orElse(latest);
  }

  /** A scan begins. Until it {@link #ended}, another one is due: it may fail. */
  synchronized void begins(Instant now) {
    begun = now;
    first = Optional.empty();
    asked = false;
    latest = Instant.EPOCH;
  }

  /**
   * A scan has ended.
   *
   * @param vanished whether something went away meanwhile
   */
  synchronized void ends(Instant now, boolean vanished) {
    ended = now;
    latest = now.plus(vanished ? SOON : rescan);
  }

  /** A clock that has been put back must not make anything later. */
  private void believe(Instant now) {
    latest = earliestOf(latest, now.plus(rescan));
    first = first.map(moment -> earliestOf(moment, now));
    last = earliestOf(last, now);
    registered = registered.map(moment -> earliestOf(moment, now));
    begun = earliestOf(begun, now);
    ended = earliestOf(ended, now);
  }

  private static Instant earliestOf(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Instant latestOf(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
