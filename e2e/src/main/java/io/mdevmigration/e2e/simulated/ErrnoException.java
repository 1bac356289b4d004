package io.mdevmigration.e2e.simulated;

/** A call that fails; the kernel adds which call it was, and on what. */
final class ErrnoException extends Exception {
  private static final long serialVersionUID = 1;

  private final int errno;

  ErrnoException(int errno) {
    super("errno " + errno, null, false, false);
    this.errno = errno;
  }

  int errno() {
    return errno;
  }
}
