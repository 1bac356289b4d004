package io.mdevmigration.node.posix;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Map;

/**
 * The functions of the C library that are called, mapped directly because a big host's scan makes
 * twenty thousand calls. Sizes are longs: mdev drivers exist on 64-bit Linux only. Errno is in
 * {@link Native#getLastError()} after -1 or null only: JNA's LastErrorException looks at errno
 * alone, and a realpath(3) that succeeds leaves one behind.
 */
final class LibC {
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_CLOEXEC = 02000000;

  static {
    // File names go to the C library as the bytes they are; JNA's default depends on the locale.
    Native.register(
        LibC.class,
        NativeLibrary.getInstance("c", Map.of(Library.OPTION_STRING_ENCODING, "UTF-8")));
  }

  private LibC() {}

  static native int open(String path, int flags);

  static native long read(int fd, Memory buffer, long count);

  static native long write(int fd, Memory buffer, long count);

  static native int close(int fd);

  static native int statfs(String path, Memory buffer);

  static native Pointer realpath(String path, Pointer mustBeNull);

  static native void free(Pointer pointer);
}
