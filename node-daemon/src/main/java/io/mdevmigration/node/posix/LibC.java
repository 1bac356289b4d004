package io.mdevmigration.node.posix;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.util.Map;

/**
 * The functions of the C library that are called. Errno is in {@link Native#getLastError()} after
 * -1 or null only: JNA's LastErrorException looks at errno alone, and a realpath(3) that succeeds
 * leaves one behind.
 */
interface LibC extends Library {
  /** File names go to the C library as the bytes they are: Java's own decoding is Latin-1 here. */
  LibC INSTANCE = Native.load("c", LibC.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));

  int O_RDONLY = 0;
  int O_WRONLY = 1;
  int O_CLOEXEC = 02000000;

  int open(String path, int flags);

  NativeLong read(int fd, Memory buffer, NativeLong count);

  NativeLong write(int fd, Memory buffer, NativeLong count);

  int close(int fd);

  int statfs(String path, Memory buffer);

  Pointer realpath(String path, Pointer mustBeNull);

  void free(Pointer pointer);
}
