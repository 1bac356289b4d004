package io.mdevmigration.node.publish;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.Outcome;
import io.mdevmigration.node.uevent.UeventListener;
import io.mdevmigration.telemetry.Counter;
import io.mdevmigration.telemetry.Label;
import io.mdevmigration.telemetry.Meters;
import io.mdevmigration.telemetry.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Counts what the daemon does. Everybody in the node's network reads it: it tells numbers, and no
 * name of anything in the fleet.
 */
public final class DaemonMetrics {
  private static final int LEFT_ALONE = 2;

  private final Meters meters;
  private final Timer scan;
  private final Counter questions;
  private final Counter writes;
  private final Counter publications;
  private final Counter statusWrites;
  private final Counter failedSteps;
  private volatile Optional<Standing> standing = Optional.empty();
  private volatile long published;

  /** What a status says, in numbers. */
  private record Standing(
      boolean ready, String reason, int parents, int types, int versions, boolean complete) {
    static Standing of(MdevNodeStateStatus status) {
      Optional<Condition> ready =
          status.conditions().stream()
              .filter(condition -> ReadyCondition.TYPE.equals(condition.getType()))
              .findFirst();
      return new Standing(
          ready.filter(condition -> "True".equals(condition.getStatus())).isPresent(),
          ready.map(Condition::getReason).orElse(""),
          status.summary().parents(),
          status.summary().types(),
          status.summary().versions(),
          status.inventory().complete());
    }
  }

  /** Why a status is stored. */
  enum PublicationReason {
    /** A question is announced before it is asked. */
    ANNOUNCED,
    /** It says something that the stored one does not. */
    CHANGED,
    /** It says when all this was last seen to be so. */
    REFRESHED
  }

  /** What became of a write. */
  enum WriteOutcome {
    /** It was stored. */
    DONE,
    /** The object was not what it had been. */
    CHANGED,
    /** There is no object. */
    GONE,
    /** Anything else. */
    FAILED;

    static WriteOutcome of(StoreException failure) {
      return valueOf(failure.kind().name());
    }
  }

  private enum Sender {
    KERNEL,
    OTHER
  }

  /** Nothing has happened yet. */
  public DaemonMetrics(Meters meters) {
    this.meters = meters;
    scan = meters.timer("scan", "Readings of the mdev tree.", List.of());
    questions =
        meters.counter(
            "questions",
            "What came of asking one parent one question.",
            new Label<>("verdict", Verdict.class),
            new Label<>("reason", Reason.class));
    writes = meters.counter("writes", "Questions that reached a driver: one write each.");
    publications =
        meters.counter(
            "publications", "Statuses stored.", new Label<>("reason", PublicationReason.class));
    statusWrites =
        meters.counter(
            "status.writes",
            "Attempts to store a status.",
            new Label<>("outcome", WriteOutcome.class));
    failedSteps = meters.counter("steps.failed", "Steps of the work that ended with an error.");
    stands("ready", "1 while the node's Ready condition is True.", s -> s.ready() ? 1 : 0);
    meters.gauge(
        "ready.reason",
        "1 for the present reason of the Ready condition.",
        new Label<>("reason", ReadyReason.class),
        reason -> standing.filter(s -> s.reason().equals(reason.toString())).isPresent() ? 1 : 0);
    stands("parents", "Parents that are published.", Standing::parents);
    stands("types", "Types that are published.", Standing::types);
    stands("versions", "Versions that are published.", Standing::versions);
    stands("inventory.complete", "1 while the inventory is complete.", s -> s.complete() ? 1 : 0);
    meters.gauge(
        "last.publication.timestamp.seconds",
        "When what is stored was last written, in seconds since 1970; 0: never.",
        () -> published);
  }

  private void stands(String name, String help, ToDoubleFunction<Standing> value) {
    meters.gauge(name, help, () -> standing.map(value::applyAsDouble).orElse(0.0));
  }

  /** Shows what the kernel's messages come to. */
  public void uevents(Supplier<UeventListener.Counts> counts) {
    meters.counted(
        "uevents",
        "Messages about devices, by who has sent them.",
        new Label<>("sender", Sender.class),
        sender -> sender == Sender.KERNEL ? counts.get().received() : counts.get().foreign());
    meters.counted(
        "uevents.lost",
        "How often messages were lost or could not be read.",
        () -> counts.get().lost());
  }

  /**
   * Shows which drivers do not return.
   *
   * @param stuck drivers to their parents that have not returned
   */
  void stuck(Supplier<Map<String, Set<String>>> stuck) {
    meters.gauge(
        "parents.overdue",
        "Parents whose driver has not returned from a call.",
        () -> stuck.get().values().stream().mapToInt(Set::size).sum());
    meters.gauge(
        "drivers.left.alone",
        "Drivers that are not asked, because two of their parents are overdue.",
        () -> stuck.get().values().stream().filter(s -> s.size() >= LEFT_ALONE).count());
  }

  void scanned(Duration took) {
    scan.took(took);
  }

  void asked(Outcome outcome, boolean written) {
    questions.increment(outcome.verdict(), outcome.reason());
    if (written) {
      writes.increment();
    }
  }

  /** This is so now, whether it is stored or not. */
  void stands(MdevNodeStateStatus status) {
    standing = Optional.of(Standing.of(status));
  }

  /** This is stored. */
  void stored(MdevNodeStateStatus status) {
    try {
      published = Instant.parse(status.observedTime()).getEpochSecond();
    } catch (DateTimeParseException e) {
      // Somebody else has written it; the daemon's own times are times.
      published = 0;
    }
  }

  void written(PublicationReason reason, MdevNodeStateStatus status) {
    statusWrites.increment(WriteOutcome.DONE);
    publications.increment(reason);
    stored(status);
  }

  void notWritten(StoreException failure) {
    statusWrites.increment(WriteOutcome.of(failure));
  }

  void stepFailed() {
    failedSteps.increment();
  }
}
