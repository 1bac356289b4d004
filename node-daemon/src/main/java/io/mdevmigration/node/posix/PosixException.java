package io.mdevmigration.node.posix;

import java.io.IOException;
import java.nio.file.Path;

/** A system call that failed, with its error number. */
public final class PosixException extends IOException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;

  /**
   * A failed call.
   *
   * @param call the system call: open, read, write, stat, statfs, readdir or readlink
   * @param path what it was called on
   * @param errno the error number, above 0
   */
  public PosixException(String call, Path path, int errno) {
    super(call + " " + path + ": " + Errno.name(errno) + " (" + errno + ")");
    this.call = call;
    this.errno = errno;
  }

  /** The system call that failed. */
  public String call() {
    return call;
  }

  /** The error number. */
  public int errno() {
    return errno;
  }
}
