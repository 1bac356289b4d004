package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.posix.Errno;
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

  /** The table of section 4 of the design: what an attempt means. */
  public static Outcome of(Attempt attempt) {
    if (attempt instanceof Attempt.Returned returned) {
      // Nothing was refused and nothing accepted where the driver took less than it was given: a
      // write of nothing returns 0 without the driver having been asked at all.
      return returned.count() == returned.length() && returned.length() > 0
          ? of(Verdict.COMPATIBLE, Reason.ACCEPTED)
          : of(Verdict.UNKNOWN, Reason.TRANSIENT);
    }
    if (attempt instanceof Attempt.WriteFailed failed) {
      return write(failed);
    }
    if (attempt instanceof Attempt.OpenFailed failed) {
      return open(failed);
    }
    return attempt instanceof Attempt.Gone
        ? of(Verdict.UNKNOWN, Reason.TARGET_GONE)
        : of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE);
  }

  private static Outcome write(Attempt.WriteFailed failed) {
    int errno = failed.errno();
    return switch (errno) {
      case Errno.ENODEV, Errno.ENOENT -> {
        if (!failed.stillThere()) {
          yield of(Verdict.UNKNOWN, Reason.TARGET_GONE, errno);
        }
        yield errno == Errno.ENODEV
            ? of(Verdict.UNSUPPORTED, Reason.NOT_SUPPORTED, errno)
            : of(Verdict.INCOMPATIBLE, Reason.REFUSED, errno);
      }
      case Errno.EOPNOTSUPP, Errno.ENOTSUPP -> of(Verdict.UNSUPPORTED, Reason.NOT_SUPPORTED, errno);
      case Errno.EAGAIN, Errno.EBUSY, Errno.ENOMEM, Errno.EIO, Errno.ETIMEDOUT, Errno.EINTR ->
          of(Verdict.UNKNOWN, Reason.TRANSIENT, errno);
      // Whatever else the driver says, EPERM and EACCES included, is its refusal: the errno of a
      // refusal is the vendor's choice.
      default -> of(Verdict.INCOMPATIBLE, Reason.REFUSED, errno);
    };
  }

  private static Outcome open(Attempt.OpenFailed failed) {
    int errno = failed.errno();
    if (errno == Errno.ENOENT || errno == Errno.ENODEV) {
      return of(Verdict.UNKNOWN, Reason.TARGET_GONE, errno);
    }
    if (!failed.writable()) {
      // EACCES without CAP_DAC_OVERRIDE, EINVAL with it.
      return of(Verdict.UNSUPPORTED, Reason.NOT_WRITABLE);
    }
    return switch (errno) {
      case Errno.EACCES, Errno.EPERM, Errno.EROFS, Errno.ELOOP ->
          of(Verdict.UNKNOWN, Reason.AGENT_MISCONFIGURED, errno);
      // The driver has not been asked: nothing that open(2) says can be a refusal.
      default -> of(Verdict.UNKNOWN, Reason.TRANSIENT, errno);
    };
  }
}
