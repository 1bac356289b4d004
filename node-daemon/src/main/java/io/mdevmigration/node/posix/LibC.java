package io.mdevmigration.node.posix;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
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
  static final int O_PATH = 010000000;

  /** Differs between architectures. */
  static final int O_NOFOLLOW = Platform.isARM() ? 0100000 : 0400000;

  /** For access(2). */
  static final int W_OK = 2;

  /** struct statfs is 120 bytes on 64-bit Linux, less elsewhere. */
  static final int STATFS_BYTES = 256;

  static {
    // File names go to the C library as the bytes they are; JNA's default depends on the locale.
    Native.register(
        LibC.class,
        NativeLibrary.getInstance("c", Map.of(Library.OPTION_STRING_ENCODING, "UTF-8")));
  }

  private LibC() {}

  /**
   * f_type of a struct statfs comes first: an unsigned int on s390x, a long on the others. A magic
   * number has 32 bits everywhere.
   */
  static long magic(Memory statfs) {
    return Platform.ARCH.startsWith("s390")
        ? Integer.toUnsignedLong(statfs.getInt(0))
        : statfs.getLong(0) & 0xffffffffL;
  }

  static native int open(String path, int flags);

  static native int openat(int directory, String name, int flags);

  static native int access(String path, int mode);

  static native long readlinkat(int directory, String name, Memory buffer, long size);

  static native long read(int fd, Memory buffer, long count);

  static native long write(int fd, Memory buffer, long count);

  static native int close(int fd);

  static native int statfs(String path, Memory buffer);

  static native int fstatfs(int fd, Memory buffer);

  static native Pointer realpath(String path, Pointer mustBeNull);

  static native void free(Pointer pointer);
}
