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
 * The MdevNodeState as it was last seen, kept fresh by a watch, and by a look that is followed by a
 * new watch: every few minutes, because a watch can stay deaf behind a restored etcd or a half-open
 * connection, and whenever a watch has ended, because nobody knows what it missed. Creates the
 * object where it is missing. While the API server is away, what was last seen stays, and the
 * daemon goes on reading its kernel.
 */
final class Stored {
  private static final Logger LOG = LoggerFactory.getLogger(Stored.class);

  /** A watch that lasts less long is not opened again at once a second time. */
  private static final Duration STEADY = Duration.ofSeconds(30);

  private final StateStore store;
  private final Duration period;
  private final Clock clock;
  private final Runnable wake;
  private final BackOff looking;
  private final BackOff watching;

  /** Whether the last write did not get through. In writes only. */
  private boolean cutOff;

  /** Guarded by this, like all below. */
  private Optional<MdevNodeState> current = Optional.empty();

  /** The watch that is being opened: it is heard beside the one that it will replace. */
  private Optional<Session> opening = Optional.empty();

  private Optional<Open> open = Optional.empty();
  private Instant lookDue = Instant.EPOCH;
  private long events;
  private long looks;
  private boolean restless;
  private boolean closed;

  /** A watch that is open. */
  private record Open(Session session, AutoCloseable watch) {}

  /**
   * Nothing is seen before {@link #seen()} is called.
   *
   * @param period how long after a look the next one is due, at most
   * @param jitter takes up to a tenth off the period, and up to half off the waits after failures
   * @param wake run, on any thread, when there is something new to see
   */
  Stored(StateStore store, Duration period, double jitter, Clock clock, Runnable wake) {
    this.store = requireNonNull(store, "store");
    this.looking = new BackOff(jitter);
    this.watching = new BackOff(jitter);
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

  /** How often the object has been looked up, and its watch opened, so far. */
  synchronized long looks() {
    return looks;
  }

  /** When the object is looked up again. */
  synchronized Instant lookDue() {
    return looking.until().filter(lookDue::isBefore).orElse(lookDue);
  }

  /**
   * Writes the status. One that announces a question is only written while the spec is the one that
   * was seen: a check that was withdrawn is never announced. The first one that gets through after
   * others did not is followed by a look: the watch may have died with the connection, unnoticed.
   *
   * @throws StoreException if it was not written
   */
  void write(MdevNodeState seen, MdevNodeStateStatus status) {
    StateStore.Guard guard =
        StatusDraft.announces(status, Optional.ofNullable(seen.getStatus()))
            ? StateStore.Guard.SPEC
            : StateStore.Guard.OBJECT;
    try {
      written(seen, store.writeStatus(seen, status, guard));
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.FAILED) {
        cutOff = true;
      } else {
        lookSoon();
      }
      throw e;
    }
    if (cutOff) {
      cutOff = false;
      lookSoon();
    }
  }

  private void written(MdevNodeState seen, MdevNodeState after) {
    if (isNewer(seen, after)) {
      // What was written comes before what had been seen: the API server has gone back.
      LOG.warn("the API server has gone back to an older state: what it has now is believed");
      synchronized (this) {
        current = Optional.of(after);
      }
      lookSoon();
    } else {
      changed(after);
    }
  }

  void close() {
    Optional<Open> last;
    synchronized (this) {
      closed = true;
      last = open;
      open = Optional.empty();
      opening = Optional.empty();
    }
    last.ifPresent(Stored::end);
  }

  private void changed(MdevNodeState state) {
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
    Session next = new Session();
    long before;
    synchronized (this) {
      before = events;
      // Set first: what happens while it is looked at makes it due again.
      lookDue = clock.instant().plus(period);
    }
    try {
      MdevNodeState found = store.get().orElseGet(store::create);
      synchronized (this) {
        // What the watch brought meanwhile may be of after the look; an older state is believed
        // otherwise, because a restored etcd goes back.
        if (events == before || isNewer(found, current.orElseThrow())) {
          current = Optional.of(found);
        }
        opening = Optional.of(next);
      }
      replaceBy(new Open(next, store.watch(next)));
      looking.reset();
      synchronized (this) {
        looks++;
      }
    } catch (StoreException e) {
      Instant again = looking.failed(clock.instant());
      LOG.warn("{}; tried again at {}", e.getMessage(), again);
      synchronized (this) {
        opening = Optional.empty();
        lookDue = again;
      }
    }
  }

  /** The watch that was open before ends when the new one is open: nothing falls in between. */
  private void replaceBy(Open next) {
    Optional<Open> old;
    synchronized (this) {
      opening = Optional.empty();
      old = closed ? Optional.of(next) : open;
      open = closed ? Optional.empty() : Optional.of(next);
    }
    old.ifPresent(Stored::end);
  }

  /** A watch that ends at once, again and again, is opened less and less often. */
  private synchronized void ended(Session session) {
    Instant now = clock.instant();
    if (!now.isBefore(session.since.plus(STEADY))) {
      restless = false;
      watching.reset();
    }
    lookDue = restless ? watching.failed(now) : Instant.EPOCH;
    restless = !now.isAfter(session.since.plus(STEADY));
  }

  private synchronized boolean isHeard(Session session) {
    return opening.filter(s -> s == session).isPresent()
        || open.filter(o -> o.session() == session).isPresent();
  }

  /** What one watch tells; nothing any more once another one has taken its place. */
  private final class Session implements StateStore.Listener {
    private final Instant since = clock.instant();

    @Override
    public void changed(MdevNodeState state) {
      if (isHeard(this)) {
        Stored.this.changed(state);
      }
    }

    @Override
    public void deleted() {
      if (isHeard(this)) {
        lookSoon();
      }
    }

    @Override
    public void ended() {
      if (isHeard(this)) {
        Stored.this.ended(this);
        wake.run();
      }
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

  private static void end(Open open) {
    try {
      open.watch().close();
    } catch (Exception e) {
      LOG.debug("a watch did not close", e);
    }
  }
}
