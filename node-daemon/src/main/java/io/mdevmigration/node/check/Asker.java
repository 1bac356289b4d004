package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.node.inventory.Offer;
import io.mdevmigration.node.inventory.VersionString;
import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FileStatus;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.posix.WritableFile;
import io.mdevmigration.node.sysfs.AttributeWriter;
import io.mdevmigration.node.sysfs.TypeAttribute;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Asks one parent one question: one write(2) to its version attribute, and to nothing else. */
public final class Asker {
  private final AttributeWriter writer;
  private final Deadline deadline;
  private final Set<String> withoutNewline;

  /**
   * An asker.
   *
   * @param writer opens the attributes
   * @param withoutNewline drivers that take the string without the newline that {@code echo} sends
   */
  public Asker(AttributeWriter writer, Deadline deadline, Set<String> withoutNewline) {
    this.writer = requireNonNull(writer, "writer");
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
    Deadline.Result<Optional<Attempt>> result = call(offer, mdevClass, Optional.of(bytes));
    if (result instanceof Deadline.Returned<Optional<Attempt>> returned) {
      Attempt attempt = returned.value().orElseThrow();
      return new Asked(Outcome.of(attempt), isWrite(attempt), Optional.empty());
    }
    Outcome noReturn = Outcome.of(new Attempt.NoReturn());
    return result instanceof Deadline.Overdue<Optional<Attempt>> overdue
        ? new Asked(noReturn, true, Optional.of(overdue.late().thenApply(Asker::late)))
        : new Asked(noReturn, false, Optional.empty());
  }

  /**
   * Whether a parent could be asked: its attribute is opened for writing, and nothing is written.
   *
   * @return what is in the way; empty if nothing is
   * @throws IllegalArgumentException as {@link #ask} does
   */
  public Optional<Outcome> obstacle(Offer offer, MdevClass mdevClass) {
    Deadline.Result<Optional<Attempt>> result = call(offer, mdevClass, Optional.empty());
    return result instanceof Deadline.Returned<Optional<Attempt>> returned
        ? returned.value().map(Outcome::of)
        : Optional.of(Outcome.of(new Attempt.NoReturn()));
  }

  private Deadline.Result<Optional<Attempt>> call(
      Offer offer, MdevClass mdevClass, Optional<byte[]> bytes) {
    if (!(offer.target() instanceof Offer.Askable target)
        || !offer.type().equals(mdevClass.type())) {
      throw new IllegalArgumentException(
          "%s of parent %s cannot be asked about a version of %s"
              .formatted(offer.type(), offer.parent(), mdevClass.type()));
    }
    TypeAttribute attribute = new TypeAttribute(target.device(), offer.type(), target.attribute());
    return deadline.call(
        offer.driver().name(), offer.parent(), () -> attempt(attribute, target.inode(), bytes));
  }

  /**
   * Failures are values here, so that a late call's outcome is judged like any other.
   *
   * @param bytes what to write; empty: the attribute is opened only
   * @return empty if it could be opened, and that was all
   */
  private Optional<Attempt> attempt(TypeAttribute attribute, long inode, Optional<byte[]> bytes) {
    FileStatus before;
    try {
      before = writer.status(attribute);
    } catch (PosixException e) {
      return Optional.of(new Attempt.OpenFailed(e.errno(), true));
    }
    if (before.inode() != inode) {
      return Optional.of(new Attempt.Gone());
    }
    try (WritableFile file = writer.open(attribute)) {
      // Once more, of what is open now: only that is written to.
      return file.status().inode() == inode
          ? bytes.map(question -> write(file, attribute, inode, question))
          : Optional.of(new Attempt.Gone());
    } catch (PosixException e) {
      return Optional.of(new Attempt.OpenFailed(e.errno(), before.hasWriteBit()));
    }
  }

  private Attempt write(WritableFile file, TypeAttribute attribute, long inode, byte[] bytes) {
    try {
      return new Attempt.Returned(file.write(bytes), bytes.length);
    } catch (PosixException e) {
      return new Attempt.WriteFailed(e.errno(), mayBeGone(e) ? isThere(attribute, inode) : true);
    }
  }

  private static boolean mayBeGone(PosixException e) {
    return switch (e.errno()) {
      case Errno.ENODEV, Errno.ENOENT, Errno.EOPNOTSUPP, Errno.ENOTSUPP -> true;
      default -> false;
    };
  }

  private boolean isThere(TypeAttribute attribute, long inode) {
    try {
      return writer.status(attribute).inode() == inode;
    } catch (PosixException e) {
      return false;
    }
  }

  private static boolean isWrite(Attempt attempt) {
    return attempt instanceof Attempt.Returned || attempt instanceof Attempt.WriteFailed;
  }

  private static Outcome late(Deadline.Result<Optional<Attempt>> result) {
    return result instanceof Deadline.Returned<Optional<Attempt>> returned
        ? Outcome.of(returned.value().orElseThrow())
        : Outcome.of(new Attempt.NoReturn());
  }
}
