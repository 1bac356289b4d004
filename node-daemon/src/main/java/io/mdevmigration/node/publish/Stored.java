package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MdevNodeState as it was last seen, kept fresh by a watch and by a look every few minutes,
 * because a restored etcd can leave a watch behind. Creates the object where it is missing. While
 * the API server is away, what was last seen stays, and the daemon goes on reading its kernel.
 */
final class Stored implements StateStore.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Stored.class);

  private final StateStore store;
  private final Duration period;
  private final Clock clock;
  private final Runnable wake;
  private final BackOff looking = new BackOff();

  /** Guarded by this, like all below. */
  private Optional<MdevNodeState> current = Optional.empty();

  private Optional<AutoCloseable> watch = Optional.empty();
  private Instant lookDue = Instant.EPOCH;
  private long events;
  private boolean lost;
  private boolean closed;

  /**
   * Nothing is seen before {@link #seen()} is called.
   *
   * @param period how long after a look the next one is due, at most
   * @param jitter takes up to a tenth off the period
   * @param wake run, on any thread, when there is something new to see
   */
  Stored(StateStore store, Duration period, double jitter, Clock clock, Runnable wake) {
    this.store = requireNonNull(store, "store");
    this.period = period.minusMillis((long) (period.toMillis() / 10.0 * jitter));
    this.clock = requireNonNull(clock, "clock");
    this.wake = requireNonNull(wake, "wake");
  }

  /** The object, looked up and created as necessary; empty if it has never been seen. */
  Optional<MdevNodeState> seen() {
    if (isLookDue()) {
      look();
    }
    return current();
  }

  /** The object as it was last seen. */
  synchronized Optional<MdevNodeState> current() {
    return current;
  }

  /** When the object is looked up again. */
  synchronized Instant lookDue() {
    return looking.until().filter(lookDue::isBefore).orElse(lookDue);
  }

  /**
   * Writes the status. One that announces a question is only written while the spec is the one that
   * was seen: a check that was withdrawn is never announced.
   *
   * @throws StoreException if it was not written
   */
  void write(MdevNodeState seen, MdevNodeStateStatus status) {
    StateStore.Guard guard =
        StatusDraft.announces(status, Optional.ofNullable(seen.getStatus()))
            ? StateStore.Guard.SPEC
            : StateStore.Guard.OBJECT;
    try {
      changed(store.writeStatus(seen, status, guard));
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.FAILED) {
        lookSoon();
      }
      throw e;
    }
  }

  void close() {
    Optional<AutoCloseable> last;
    synchronized (this) {
      closed = true;
      last = watch;
      watch = Optional.empty();
    }
    last.ifPresent(Stored::end);
  }

  @Override
  public void changed(MdevNodeState state) {
    synchronized (this) {
      // An event of before the daemon's own write may come after it.
      if (current.isPresent() && !isNewer(state, current.orElseThrow())) {
        return;
      }
      current = Optional.of(state);
      events++;
    }
    wake.run();
  }

  @Override
  public void deleted() {
    lookSoon();
  }

  @Override
  public void ended() {
    synchronized (this) {
      lost = true;
    }
    lookSoon();
  }

  private void lookSoon() {
    synchronized (this) {
      lookDue = Instant.EPOCH;
    }
    wake.run();
  }

  private synchronized boolean isLookDue() {
    Instant now = clock.instant();
    // No later than a clock that has been put back since would have it.
    Instant latest = now.plus(period);
    lookDue = lookDue.isAfter(latest) ? latest : lookDue;
    boolean waiting = looking.isWaiting(now);
    return !waiting && !now.isBefore(lookDue);
  }

  private void look() {
    Optional<AutoCloseable> old;
    long before;
    synchronized (this) {
      before = events;
      // Set first: what happens while it is looked at makes it due again.
      lookDue = clock.instant().plus(period);
      old = lost ? watch : Optional.empty();
      watch = lost ? Optional.empty() : watch;
      lost = false;
    }
    old.ifPresent(Stored::end);
    try {
      MdevNodeState found = store.get().orElseGet(store::create);
      boolean watched;
      synchronized (this) {
        // What the watch brought meanwhile may be of after the look; an older state is believed
        // otherwise, because a restored etcd goes back.
        if (events == before || isNewer(found, current.orElseThrow())) {
          current = Optional.of(found);
        }
        watched = watch.isPresent();
      }
      if (!watched) {
        keep(store.watch(this));
      }
      looking.reset();
    } catch (StoreException e) {
      Instant again = looking.failed(clock.instant());
      LOG.warn("{}; tried again at {}", e.getMessage(), again);
      synchronized (this) {
        lookDue = again;
      }
    }
  }

  private void keep(AutoCloseable opened) {
    boolean late;
    synchronized (this) {
      late = closed;
      watch = late ? Optional.empty() : Optional.of(opened);
    }
    if (late) {
      end(opened);
    }
  }

  /**
   * Whether one state of the object is not older than another. Resource versions of one object are
   * numbers that grow; where one is none, or the object is another one, the state is believed.
   */
  private static boolean isNewer(MdevNodeState one, MdevNodeState other) {
    if (!one.getMetadata().getUid().equals(other.getMetadata().getUid())) {
      return true;
    }
    try {
      return Long.parseUnsignedLong(one.getMetadata().getResourceVersion())
          > Long.parseUnsignedLong(other.getMetadata().getResourceVersion());
    } catch (NumberFormatException e) {
      return true;
    }
  }

  private static void end(AutoCloseable watch) {
    try {
      watch.close();
    } catch (Exception e) {
      LOG.debug("a watch did not close", e);
    }
  }
}
