package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FileStatus;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Reads attributes that a driver answers for, each within the deadline. */
final class AttributeReader {
  /** One byte more than any attribute gives, so that a longer one is seen. */
  private static final int LIMIT = 4097;

  private final Posix posix;
  private final Deadline deadline;

  AttributeReader(Posix posix, Deadline deadline) {
    this.posix = requireNonNull(posix, "posix");
    this.deadline = requireNonNull(deadline, "deadline");
  }

  /** Reads one attribute. Never throws: what goes wrong is what was found. */
  Reading read(String driver, String parent, Path file) {
    Deadline.Result<byte[]> result = deadline.call(driver, parent, () -> posix.read(file, LIMIT));
    if (result instanceof Deadline.Returned<byte[]> returned) {
      return new Reading.Value(new String(returned.value(), StandardCharsets.ISO_8859_1));
    }
    if (result instanceof Deadline.Failed<byte[]> failed) {
      return new Reading.Failed(failed.failure().errno());
    }
    return new Reading.NoReturn();
  }

  /**
   * Finds and reads a type's version attribute.
   *
   * @param type the type's directory
   * @param names the attribute's possible names
   * @param familiar which versions need no second read
   */
  VersionAttribute version(
      String driver, String parent, Path type, List<String> names, Familiar familiar) {
    for (String name : names) {
      Path file = type.resolve(name);
      try {
        FileStatus status = posix.stat(file);
        return new VersionAttribute.Present(
            name,
            status.inode(),
            status.hasWriteBit(),
            steady(
                read(driver, parent, file),
                version ->
                    familiar.isFamiliar(
                        parent, type.getFileName().toString(), status.inode(), version),
                () -> read(driver, parent, file)));
      } catch (PosixException e) {
        if (e.errno() != Errno.ENOENT) {
          return new VersionAttribute.Unreadable(e.errno());
        }
      }
    }
    return new VersionAttribute.Absent();
  }

  /** A value that is not known yet counts if a second read gives it too. */
  private static Reading steady(
      Reading first, Predicate<String> familiar, Supplier<Reading> second) {
    if (first.text().isEmpty() || familiar.test(first.text().orElseThrow())) {
      return first;
    }
    Reading again = second.get();
    return again.text().isEmpty() || again.equals(first) ? again : new Reading.Differing();
  }
}
