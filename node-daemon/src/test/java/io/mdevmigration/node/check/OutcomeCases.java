package io.mdevmigration.node.check;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.Attempt.Gone;
import io.mdevmigration.node.check.Attempt.NoReturn;
import io.mdevmigration.node.check.Attempt.OpenFailed;
import io.mdevmigration.node.check.Attempt.Returned;
import io.mdevmigration.node.check.Attempt.WriteFailed;
import io.mdevmigration.node.posix.Errno;
import java.util.ArrayList;
import java.util.List;

/** Attempts and what they mean, by the table in section 4 of the design. */
final class OutcomeCases {
  private static final List<Integer> TRANSIENT =
      List.of(Errno.EAGAIN, Errno.EBUSY, Errno.ENOMEM, Errno.EIO, Errno.ETIMEDOUT, Errno.EINTR);

  /** The last ones are numbers that only the kernel uses, and that nobody does. */
  private static final List<Integer> REFUSALS =
      List.of(
          Errno.EINVAL,
          Errno.EPERM,
          Errno.EACCES,
          Errno.ENOSPC,
          Errno.EROFS,
          Errno.ERANGE,
          Errno.ELOOP,
          Errno.EXDEV,
          61,
          121,
          512,
          4711);

  private static final List<Integer> OTHERS_OF_OPEN =
      List.of(
          Errno.EINVAL,
          Errno.EMFILE,
          Errno.EINTR,
          Errno.EIO,
          Errno.EAGAIN,
          Errno.ENOMEM,
          Errno.EBUSY,
          Errno.EOPNOTSUPP,
          Errno.ENOTSUPP,
          Errno.ETIMEDOUT);

  /**
   * One case.
   *
   * @param attempt how asking went
   * @param outcome what that means
   */
  record OutcomeCase(Attempt attempt, Outcome outcome) {
    @Override
    public String toString() {
      return attempt.toString();
    }
  }

  private final List<OutcomeCase> cases = new ArrayList<>();

  private OutcomeCases() {}

  static List<OutcomeCase> all() {
    OutcomeCases all = new OutcomeCases();
    all.writes();
    all.opens();
    all.add(new Gone(), Outcome.of(Verdict.UNKNOWN, Reason.TARGET_GONE));
    all.add(new NoReturn(), Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE));
    return List.copyOf(all.cases);
  }

  private void writes() {
    add(new Returned(5, 5), Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED));
    for (Returned returned :
        List.of(
            new Returned(0, 5),
            new Returned(4, 5),
            new Returned(6, 5),
            new Returned(-1, 5),
            new Returned(0, 0))) {
      add(returned, Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT));
    }
    for (int errno : TRANSIENT) {
      for (boolean there : new boolean[] {true, false}) {
        add(new WriteFailed(errno, there), Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, errno));
      }
    }
    for (int errno : List.of(Errno.ENODEV, Errno.EOPNOTSUPP, Errno.ENOTSUPP)) {
      add(
          new WriteFailed(errno, true),
          Outcome.of(Verdict.UNSUPPORTED, Reason.NOT_SUPPORTED, errno));
    }
    for (int errno : List.of(Errno.ENODEV, Errno.ENOENT, Errno.EOPNOTSUPP, Errno.ENOTSUPP)) {
      add(new WriteFailed(errno, false), Outcome.of(Verdict.UNKNOWN, Reason.TARGET_GONE, errno));
    }
    for (int errno : REFUSALS) {
      for (boolean there : new boolean[] {true, false}) {
        add(new WriteFailed(errno, there), Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, errno));
      }
    }
    add(
        new WriteFailed(Errno.ENOENT, true),
        Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, Errno.ENOENT));
  }

  private void opens() {
    for (int errno : List.of(Errno.ENODEV, Errno.ENOENT)) {
      add(new OpenFailed(errno, true), Outcome.of(Verdict.UNKNOWN, Reason.TARGET_GONE, errno));
      add(new OpenFailed(errno, false), Outcome.of(Verdict.UNKNOWN, Reason.TARGET_GONE, errno));
    }
    for (int errno : List.of(Errno.EACCES, Errno.EPERM, Errno.EROFS, Errno.ELOOP, Errno.EXDEV)) {
      add(
          new OpenFailed(errno, true),
          Outcome.of(Verdict.UNKNOWN, Reason.AGENT_MISCONFIGURED, errno));
      add(new OpenFailed(errno, false), Outcome.of(Verdict.UNSUPPORTED, Reason.NOT_WRITABLE));
    }
    for (int errno : OTHERS_OF_OPEN) {
      add(new OpenFailed(errno, true), Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, errno));
      add(new OpenFailed(errno, false), Outcome.of(Verdict.UNSUPPORTED, Reason.NOT_WRITABLE));
    }
  }

  private void add(Attempt attempt, Outcome outcome) {
    cases.add(new OutcomeCase(attempt, outcome));
  }
}
