package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps looking whether the admission policies are in force: after each new connection, and while
 * they are not, or nobody could tell, again and again, from half a second to a minute apart. An
 * attempt that tells nothing changes nothing. Not thread-safe.
 */
final class PolicyWatch {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);

  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final StateStore store;
  private final AdmissionPolicies need;
  private final String nodeName;
  private final Clock clock;
  private final BackOff again;
  private Permission known;
  private long connection;

  /** Nothing is looked at before {@link #permission} is called. */
  PolicyWatch(StateStore store, AdmissionPolicies need, String nodeName, Clock clock) {
    this.store = requireNonNull(store, "store");
    this.need = requireNonNull(need, "need");
    this.nodeName = requireNonNull(nodeName, "nodeName");
    this.clock = requireNonNull(clock, "clock");
    // An admin mends it, and meanwhile a whole fleet looks.
    this.again = new BackOff(Jitter.of(nodeName, "policies"), LONGEST);
    this.known =
        need == AdmissionPolicies.REQUIRED
            ? new Permission.Undecided("not looked yet")
            : new Permission.Granted();
  }

  /**
   * Whether questions may be asked, looked up where that is due.
   *
   * @param connections how often the API server has been connected with so far; 0: never
   */
  Permission permission(long connections) {
    boolean connected = connections != connection;
    boolean due = again.until().isPresent() && !again.isWaiting(clock.instant());
    if (need == AdmissionPolicies.REQUIRED && (connected || due)) {
      connection = connections;
      look();
    }
    return known;
  }

  /** When it is looked again, whether connected anew or not. */
  Optional<Instant> due() {
    return again.until();
  }

  private void look() {
    Permission found = find();
    if (found instanceof Permission.Undecided undecided) {
      LOG.warn(
          "node={} cannot tell whether the admission policies are in force: {}; tried again at {}",
          nodeName,
          undecided.why(),
          again.failed(clock.instant()));
      return;
    }
    if (!found.equals(known)) {
      tell(found);
    }
    known = found;
    if (found instanceof Permission.Granted) {
      again.reset();
    } else {
      again.failed(clock.instant());
    }
  }

  private Permission find() {
    try {
      return Permission.of(store.tryAsAnother());
    } catch (StoreException e) {
      return new Permission.Undecided(e.getMessage());
    }
  }

  private void tell(Permission found) {
    if (found instanceof Permission.Withheld withheld) {
      LOG.warn("node={} asks nothing: {}", nodeName, withheld.why());
    } else {
      LOG.info("node={} the admission policies are in force", nodeName);
    }
  }
}
