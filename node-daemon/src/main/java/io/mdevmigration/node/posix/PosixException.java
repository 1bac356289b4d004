package io.mdevmigration.node.posix;

import java.io.IOException;
import java.nio.file.Path;

/** A system call that failed, with its error number. */
public final class PosixException extends IOException {
  private static final long serialVersionUID = 1;

  /** The largest that a system call can return: MAX_ERRNO in include/linux/err.h. */
  private static final int MAX = 4095;

  private final String call;
  private final int errno;

  /**
   * A failed call.
   *
   * @param call the system call, such as open, read, write, stat, statfs, readdir or readlink
   * @param path what it was called on
   * @param errno the error number; EIO is taken for what is none
   */
  public PosixException(String call, Path path, int errno) {
    super(
        call + " " + printable(path) + ": " + Errno.name(known(errno)) + " (" + known(errno) + ")");
    this.call = call;
    this.errno = known(errno);
  }

  /** The system call that failed. */
  public String call() {
    return call;
  }

  /** The error number: 1 to 4095. */
  public int errno() {
    return errno;
  }

  /** A path may have any character in it but NUL; the message may end up in a log. */
  private static String printable(Path path) {
    return path.toString().replaceAll("[^ -~]", "?");
  }

  private static int known(int errno) {
    return errno > 0 && errno <= MAX ? errno : Errno.EIO;
  }
}
