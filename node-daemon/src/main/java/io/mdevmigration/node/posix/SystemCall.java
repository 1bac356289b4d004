package io.mdevmigration.node.posix;

import com.sun.jna.Native;
import java.nio.file.Path;

/** One call into the C library: -1 is failure, with the reason in errno. */
interface SystemCall {
  long run();

  /**
   * Makes the call. A signal that comes in between is nobody's answer: it is made again at once.
   *
   * @param name the call's name, and {@code on} what it is called on, for the exception
   */
  static int unlessInterrupted(String name, Path on, SystemCall call) throws PosixException {
    while (true) {
      int result = (int) call.run();
      if (result != -1) {
        return result;
      }
      int errno = Native.getLastError();
      if (errno != Errno.EINTR) {
        throw new PosixException(name, on, errno);
      }
    }
  }
}
