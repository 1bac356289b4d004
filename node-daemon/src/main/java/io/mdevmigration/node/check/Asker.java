package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.node.inventory.Offer;
import io.mdevmigration.node.inventory.VersionString;
import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FileStatus;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.sysfs.FileName;
import io.mdevmigration.node.sysfs.ScannedParent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Asks one parent one question: one write(2) to its version attribute, and to nothing else. */
public final class Asker {
  private final Posix posix;
  private final Deadline deadline;
  private final Set<String> withoutNewline;

  /**
   * An asker.
   *
   * @param withoutNewline drivers that take the string without the newline that {@code echo} sends
   */
  public Asker(Posix posix, Deadline deadline, Set<String> withoutNewline) {
    this.posix = requireNonNull(posix, "posix");
    this.deadline = requireNonNull(deadline, "deadline");
    this.withoutNewline = Set.copyOf(withoutNewline);
  }

  /**
   * What asking a parent gave.
   *
   * @param outcome what it said
   * @param written whether the driver was asked at all
   * @param late what it will have said, where it has not returned within the deadline
   */
  public record Asked(Outcome outcome, boolean written, Optional<CompletableFuture<Outcome>> late) {
    public Asked {
      requireNonNull(outcome, "outcome");
      requireNonNull(late, "late");
    }
  }

  /**
   * Asks.
   *
   * @param offer an offer of the class's type whose target is askable
   * @throws IllegalArgumentException if the string must not be written, or the offer is not one of
   *     the class's type that can be asked
   */
  public Asked ask(Offer offer, MdevClass mdevClass) {
    VersionString.flaw(mdevClass.version())
        .ifPresent(
            flaw -> {
              throw new IllegalArgumentException(flaw);
            });
    String newline = withoutNewline.contains(offer.driver().name()) ? "" : "\n";
    byte[] bytes = (mdevClass.version() + newline).getBytes(StandardCharsets.US_ASCII);
    Deadline.Result<Attempt> result = attempt(offer, mdevClass, bytes);
    if (result instanceof Deadline.Returned<Attempt> returned) {
      return new Asked(Outcome.of(returned.value()), isWrite(returned.value()), Optional.empty());
    }
    Outcome noReturn = Outcome.of(new Attempt.NoReturn());
    return result instanceof Deadline.Overdue<Attempt> overdue
        ? new Asked(noReturn, true, Optional.of(overdue.late().thenApply(Asker::late)))
        : new Asked(noReturn, false, Optional.empty());
  }

  /**
   * Whether a parent could be asked: its attribute is opened for writing, and nothing reaches the
   * driver, because sysfs keeps a write of no bytes to itself.
   *
   * @return what is in the way; empty if nothing is
   * @throws IllegalArgumentException as {@link #ask} does
   */
  public Optional<Outcome> obstacle(Offer offer, MdevClass mdevClass) {
    Deadline.Result<Attempt> result = attempt(offer, mdevClass, new byte[0]);
    if (result instanceof Deadline.Returned<Attempt> returned) {
      return isWrite(returned.value())
          ? Optional.empty()
          : Optional.of(Outcome.of(returned.value()));
    }
    return Optional.of(Outcome.of(new Attempt.NoReturn()));
  }

  private Deadline.Result<Attempt> attempt(Offer offer, MdevClass mdevClass, byte[] bytes) {
    if (!(offer.target() instanceof Offer.Askable target)
        || !offer.type().equals(mdevClass.type())
        || !FileName.isSafe(offer.type())
        || !FileName.isSafe(target.attribute())) {
      throw new IllegalArgumentException(
          "%s of parent %s cannot be asked about a version of %s"
              .formatted(offer.type(), offer.parent(), mdevClass.type()));
    }
    Path file = ScannedParent.attribute(target.device(), offer.type(), target.attribute());
    return deadline.call(
        offer.driver().name(), offer.parent(), () -> attempt(file, target.inode(), bytes));
  }

  /** Failures are values here, so that a late call's outcome is judged like any other. */
  private Attempt attempt(Path file, long inode, byte[] bytes) {
    FileStatus before;
    try {
      before = posix.stat(file);
    } catch (PosixException e) {
      return new Attempt.OpenFailed(e.errno(), true);
    }
    if (before.inode() != inode) {
      return new Attempt.Gone();
    }
    try {
      return new Attempt.Returned(posix.write(file, bytes), bytes.length);
    } catch (PosixException e) {
      return e.call().equals("open")
          ? new Attempt.OpenFailed(e.errno(), before.hasWriteBit())
          : new Attempt.WriteFailed(e.errno(), mayBeGone(e) ? isThere(file, inode) : true);
    }
  }

  private static boolean mayBeGone(PosixException e) {
    return switch (e.errno()) {
      case Errno.ENODEV, Errno.ENOENT, Errno.EOPNOTSUPP, Errno.ENOTSUPP -> true;
      default -> false;
    };
  }

  private boolean isThere(Path file, long inode) {
    try {
      return posix.stat(file).inode() == inode;
    } catch (PosixException e) {
      return false;
    }
  }

  private static boolean isWrite(Attempt attempt) {
    return attempt instanceof Attempt.Returned || attempt instanceof Attempt.WriteFailed;
  }

  private static Outcome late(Deadline.Result<Attempt> result) {
    return result instanceof Deadline.Returned<Attempt> returned
        ? Outcome.of(returned.value())
        : Outcome.of(new Attempt.NoReturn());
  }
}
