package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Under what terms answers hold at a moment.
 *
 * @param now the time
 * @param recheck how old answers may grow
 * @param jitter class digest to a number from 0 to below 1, always the same for the same class: its
 *     answers grow less old by that part of a tenth
 * @param askAgain hash of spec.askAgain
 * @param driverReturned when a call that was overdue last returned
 * @param throttledUntil when refusals may be caused again, while the limit is reached
 */
public record Terms(
    Instant now,
    RecheckPeriods recheck,
    ToDoubleFunction<String> jitter,
    Optional<String> askAgain,
    Optional<Instant> driverReturned,
    Optional<Instant> throttledUntil) {
  /** Waiting time before the second try; doubled for each further one. */
  static final Duration FIRST_BACK_OFF = Duration.ofSeconds(2);

  /**
   * When a driver that did not return is asked again, if nobody saw whether it did: after a restart
   * of the daemon.
   */
  static final Duration UNRESPONSIVE_AGAIN = Duration.ofMinutes(10);

  public Terms {
    requireNonNull(now, "now");
    requireNonNull(recheck, "recheck");
    requireNonNull(jitter, "jitter");
    requireNonNull(askAgain, "askAgain");
    requireNonNull(driverReturned, "driverReturned");
    requireNonNull(throttledUntil, "throttledUntil");
  }

  /** Whether an answer was given with the present spec.askAgain and under this revision. */
  boolean match(Answer answer, Optional<String> revision) {
    return Objects.equals(answer.revision(), revision.orElse(null))
        && Objects.equals(answer.askAgain(), askAgain.orElse(null));
  }

  /** Whether spec.askAgain has a text that it had not when a question was stored. */
  boolean tellToAskAgain(Announcement announcement) {
    return askAgain.isPresent() && !askAgain.equals(announcement.askAgain());
  }

  /** Whether nothing may be asked that may be refused. */
  boolean isThrottled() {
    return throttledUntil.filter(now::isBefore).isPresent();
  }

  /**
   * When an answer given under matching terms is asked again.
   *
   * @return empty: at once
   */
  Optional<Instant> due(Answer answer) {
    Instant time = Instant.parse(answer.time());
    if (answer.verdict().isDefinite()) {
      return Optional.of(due(answer.digest(), answer.verdict(), time));
    }
    if (answer.is(Reason.TRANSIENT) || answer.is(Reason.TARGET_GONE)) {
      int attempts = answer.attempts() == null ? 1 : answer.attempts();
      return Optional.of(
          time.plus(FIRST_BACK_OFF.multipliedBy(1L << Math.max(0, Math.min(attempts - 1, 6)))));
    }
    if (answer.is(Reason.EXHAUSTED)) {
      return Optional.of(due(answer.digest(), Verdict.COMPATIBLE, time));
    }
    if (answer.is(Reason.DRIVER_UNRESPONSIVE)) {
      return driverReturned.isPresent() && !driverReturned.orElseThrow().isBefore(time)
          ? Optional.empty()
          : Optional.of(time.plus(UNRESPONSIVE_AGAIN));
    }
    return answer.is(Reason.THROTTLED) ? throttledUntil : Optional.empty();
  }

  /** Whether something that a parent said still holds. */
  boolean isFresh(String digest, Outcome outcome, Instant time) {
    return !isPast(due(digest, outcome.verdict(), time), time);
  }

  /**
   * Whether a moment has come.
   *
   * @param since from when it was counted: a time that lies as far ahead as the period is long was
   *     given by a clock that was wrong, and holds nothing back
   */
  boolean isPast(Instant moment, Instant since) {
    Duration period = Duration.between(since, moment);
    return !now.isBefore(moment) || now.isBefore(since.minus(period));
  }

  private Instant due(String digest, Verdict verdict, Instant time) {
    Duration period = verdict == Verdict.COMPATIBLE ? recheck.accepted() : recheck.refused();
    long lessMillis = (long) (period.toMillis() / 10.0 * jitter.applyAsDouble(digest));
    return time.plus(period).minusMillis(lessMillis);
  }
}
