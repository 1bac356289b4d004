package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Errno;
import java.util.Optional;

/** What came of reading one attribute. */
public sealed interface Reading {
  /** What was read, if anything was. */
  default Optional<String> text() {
    return Optional.empty();
  }

  /** Whether the driver or the kernel failed to say it: neither a value nor plainly absent. */
  default boolean isTrouble() {
    return !(this instanceof Value) && !(this instanceof Failed f && f.errno() == Errno.ENOENT);
  }

  /**
   * The driver gave a value.
   *
   * @param bytes one character per byte, whatever the byte; a newline at the end is still there
   */
  record Value(String bytes) implements Reading {
    public Value {
      requireNonNull(bytes, "bytes");
    }

    /** The value without the one newline that an attribute usually ends with. */
    @Override
    public Optional<String> text() {
      return Optional.of(bytes.endsWith("\n") ? bytes.substring(0, bytes.length() - 1) : bytes);
    }
  }

  /** The driver gave two different values, one right after the other: none of them is one. */
  record Differing() implements Reading {
    @Override
    public boolean isTrouble() {
      return false;
    }
  }

  /**
   * open(2) or read(2) failed.
   *
   * @param errno the error number
   */
  record Failed(int errno) implements Reading {}

  /** The driver did not return within the deadline, or is left alone because it did not before. */
  record NoReturn() implements Reading {}
}
