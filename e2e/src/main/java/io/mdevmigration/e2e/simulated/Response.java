package io.mdevmigration.e2e.simulated;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Errno;
import java.time.Duration;

/** What a driver does when its version attribute is read or written. */
public sealed interface Response {
  /** A write takes everything it was given. */
  record Accept() implements Response {}

  /**
   * A read gives these characters, each as one byte, nothing added.
   *
   * @param text characters up to U+00FF; a read hands over 4,095 of them at most
   */
  record Give(String text) implements Response {
    public Give {
      requireNonNull(text, "text");
    }
  }

  /**
   * The call fails.
   *
   * @param errno the error number, 1 to 4,095 as in the kernel
   */
  record Fail(int errno) implements Response {
    public Fail {
      if (errno < 1 || errno > 4095) {
        throw new IllegalArgumentException("an error number is 1 to 4095, not " + errno);
      }
    }

    @Override
    public String toString() {
      return "Fail[" + Errno.name(errno) + "]";
    }
  }

  /**
   * A write takes only the first bytes.
   *
   * @param count how many, less than the string has
   */
  record ShortCount(int count) implements Response {}

  /** The driver takes its time, whether or not the caller still waits. */
  record Slow(Duration time, Response then) implements Response {
    public Slow {
      requireNonNull(time, "time");
      requireNonNull(then, "then");
    }
  }

  /** The driver does not return before {@link SimulatedKernel#releaseHangs()} or a reboot. */
  record Hang(Response then) implements Response {
    public Hang {
      requireNonNull(then, "then");
    }
  }

  /** The parent goes away after open(2): the call fails with ENODEV, the attribute is no more. */
  record Vanish() implements Response {}

  /** The kernel panics: neither this call nor any other returns before a reboot. */
  record Panic() implements Response {}

  /** {@link Accept}. */
  static Response accept() {
    return new Accept();
  }

  /** {@link Fail}. */
  static Response fail(int errno) {
    return new Fail(errno);
  }
}
