package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import java.util.OptionalInt;

/**
 * What one parent says about a class.
 *
 * @param verdict the verdict
 * @param reason why
 * @param errno the error number behind it, if there is one
 */
public record Outcome(Verdict verdict, Reason reason, OptionalInt errno) {
  public Outcome {
    requireNonNull(verdict, "verdict");
    requireNonNull(reason, "reason");
    requireNonNull(errno, "errno");
  }

  /** An outcome without an error number. */
  public static Outcome of(Verdict verdict, Reason reason) {
    return new Outcome(verdict, reason, OptionalInt.empty());
  }

  /** An outcome with an error number. */
  public static Outcome of(Verdict verdict, Reason reason, int errno) {
    return new Outcome(verdict, reason, OptionalInt.of(errno));
  }

  /** What an attempt means. */
  public static Outcome of(Attempt attempt) {
    return OutcomeTable.DESIGN.of(attempt);
  }
}
