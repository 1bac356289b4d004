package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A row of the table that says what an attempt means.
 *
 * @param attempt the kind of attempt that it is about
 * @param errnos the error numbers that it is about; empty: whatever the number is, if there is one
 * @param when what else has to hold; empty: nothing
 * @param verdict what that means
 * @param reason why
 */
record OutcomeRow<A extends Attempt>(
    Class<A> attempt,
    Set<Integer> errnos,
    Optional<Predicate<A>> when,
    Verdict verdict,
    Reason reason) {
  OutcomeRow {
    requireNonNull(attempt, "attempt");
    requireNonNull(when, "when");
    requireNonNull(verdict, "verdict");
    requireNonNull(reason, "reason");
    errnos = Set.copyOf(errnos);
  }

  /** Whether this row says what the attempt means, if no row above it does. */
  boolean matches(Attempt made) {
    OptionalInt errno = errno(made);
    return attempt.isInstance(made)
        && (errnos.isEmpty() || (errno.isPresent() && errnos.contains(errno.getAsInt())))
        && when.map(holds -> holds.test(attempt.cast(made))).orElse(true);
  }

  /** What the attempt means by this row. */
  Outcome outcome(Attempt made) {
    // Without a write bit, open(2) says EACCES or EINVAL, as the daemon's capabilities happen to
    // be: that number would be about the daemon and not about the driver.
    return new Outcome(
        verdict, reason, reason == Reason.NOT_WRITABLE ? OptionalInt.empty() : errno(made));
  }

  private static OptionalInt errno(Attempt made) {
    if (made instanceof Attempt.WriteFailed failed) {
      return OptionalInt.of(failed.errno());
    }
    return made instanceof Attempt.OpenFailed failed
        ? OptionalInt.of(failed.errno())
        : OptionalInt.empty();
  }

  @Override
  public String toString() {
    return attempt.getSimpleName() + " → " + reason;
  }
}
