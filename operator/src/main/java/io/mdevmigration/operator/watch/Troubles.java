package io.mdevmigration.operator.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When something has been failing for how long, so that the log says it once and then once a
 * minute. Not thread-safe.
 */
final class Troubles {
  private static final Duration EVERY = Duration.ofMinutes(1);

  private Optional<Instant> since = Optional.empty();
  private Instant said = Instant.MIN;

  /** It failed; whether to say so. */
  boolean failed(Instant now) {
    if (since.isEmpty()) {
      since = Optional.of(now);
      said = now;
      return true;
    }
    if (said.plus(EVERY).isAfter(now)) {
      return false;
    }
    said = now;
    return true;
  }

  /** It works; for how long it had not, empty if it had. */
  Optional<Duration> over(Instant now) {
    Optional<Duration> lasted = since.map(begin -> Duration.between(begin, now));
    since = Optional.empty();
    return lasted;
  }
}
