package io.mdevmigration.node.check;

import static io.mdevmigration.crds.Reason.ACCEPTED;
import static io.mdevmigration.crds.Reason.AGENT_MISCONFIGURED;
import static io.mdevmigration.crds.Reason.DRIVER_UNRESPONSIVE;
import static io.mdevmigration.crds.Reason.NOT_SUPPORTED;
import static io.mdevmigration.crds.Reason.NOT_WRITABLE;
import static io.mdevmigration.crds.Reason.REFUSED;
import static io.mdevmigration.crds.Reason.TARGET_GONE;
import static io.mdevmigration.crds.Reason.TRANSIENT;
import static io.mdevmigration.crds.Verdict.COMPATIBLE;
import static io.mdevmigration.crds.Verdict.INCOMPATIBLE;
import static io.mdevmigration.crds.Verdict.UNKNOWN;
import static io.mdevmigration.crds.Verdict.UNSUPPORTED;
import static io.mdevmigration.node.posix.Errno.EACCES;
import static io.mdevmigration.node.posix.Errno.EAGAIN;
import static io.mdevmigration.node.posix.Errno.EBUSY;
import static io.mdevmigration.node.posix.Errno.EINTR;
import static io.mdevmigration.node.posix.Errno.EIO;
import static io.mdevmigration.node.posix.Errno.ELOOP;
import static io.mdevmigration.node.posix.Errno.ENODEV;
import static io.mdevmigration.node.posix.Errno.ENOENT;
import static io.mdevmigration.node.posix.Errno.ENOMEM;
import static io.mdevmigration.node.posix.Errno.ENOTSUPP;
import static io.mdevmigration.node.posix.Errno.EOPNOTSUPP;
import static io.mdevmigration.node.posix.Errno.EPERM;
import static io.mdevmigration.node.posix.Errno.EROFS;
import static io.mdevmigration.node.posix.Errno.ETIMEDOUT;
import static io.mdevmigration.node.posix.Errno.EXDEV;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.Attempt.Gone;
import io.mdevmigration.node.check.Attempt.NoReturn;
import io.mdevmigration.node.check.Attempt.OpenFailed;
import io.mdevmigration.node.check.Attempt.Returned;
import io.mdevmigration.node.check.Attempt.WriteFailed;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What an attempt means: the first row that matches wins.
 *
 * @param rows the rows in their order; some row has to match whatever happened
 */
record OutcomeTable(List<OutcomeRow<?>> rows) {
  private static final Set<Integer> ANY = Set.of();

  /** The table of section 4 of the design, as far as an attempt can lead there. */
  static final OutcomeTable DESIGN =
      new OutcomeTable(
          List.of(
              // A write of nothing returns 0 without the driver having been asked at all.
              row(
                  Returned.class,
                  ANY,
                  returned -> returned.count() == returned.length() && returned.length() > 0,
                  COMPATIBLE,
                  ACCEPTED),
              // Where the driver took less than it was given, it has neither accepted nor refused.
              row(Returned.class, ANY, UNKNOWN, TRANSIENT),
              row(
                  WriteFailed.class,
                  Set.of(ENODEV, ENOENT, EOPNOTSUPP, ENOTSUPP),
                  failed -> !failed.stillThere(),
                  UNKNOWN,
                  TARGET_GONE),
              row(
                  WriteFailed.class,
                  Set.of(ENODEV, EOPNOTSUPP, ENOTSUPP),
                  UNSUPPORTED,
                  NOT_SUPPORTED),
              row(
                  WriteFailed.class,
                  Set.of(EAGAIN, EBUSY, ENOMEM, EIO, ETIMEDOUT, EINTR),
                  UNKNOWN,
                  TRANSIENT),
              // Whatever else the driver says, EPERM and EACCES included, is its refusal: the errno
              // of a refusal is the vendor's choice.
              row(WriteFailed.class, ANY, INCOMPATIBLE, REFUSED),
              row(OpenFailed.class, Set.of(ENODEV, ENOENT), UNKNOWN, TARGET_GONE),
              row(OpenFailed.class, ANY, failed -> !failed.writable(), UNSUPPORTED, NOT_WRITABLE),
              row(
                  OpenFailed.class,
                  Set.of(EACCES, EPERM, EROFS, ELOOP, EXDEV),
                  UNKNOWN,
                  AGENT_MISCONFIGURED),
              // The driver has not been asked: nothing that open(2) says can be a refusal.
              row(OpenFailed.class, ANY, UNKNOWN, TRANSIENT),
              row(Gone.class, ANY, UNKNOWN, TARGET_GONE),
              row(NoReturn.class, ANY, UNKNOWN, DRIVER_UNRESPONSIVE)));

  OutcomeTable {
    rows = List.copyOf(rows);
  }

  /**
   * What an attempt means.
   *
   * @throws IllegalStateException if no row matches: then the table is not one
   */
  Outcome of(Attempt attempt) {
    return rows.stream()
        .filter(row -> row.matches(attempt))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no row of " + rows + " matches " + attempt))
        .outcome(attempt);
  }

  private static <A extends Attempt> OutcomeRow<A> row(
      Class<A> attempt, Set<Integer> errnos, Verdict verdict, Reason reason) {
    return new OutcomeRow<>(attempt, errnos, Optional.empty(), verdict, reason);
  }

  private static <A extends Attempt> OutcomeRow<A> row(
      Class<A> attempt, Set<Integer> errnos, Predicate<A> when, Verdict verdict, Reason reason) {
    return new OutcomeRow<>(attempt, errnos, Optional.of(when), verdict, reason);
  }
}
