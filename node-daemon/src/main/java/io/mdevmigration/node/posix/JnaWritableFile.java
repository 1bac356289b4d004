package io.mdevmigration.node.posix;

import com.sun.jna.Memory;
import java.nio.file.Path;

/**
 * A file that was opened for writing by walking to it, one directory's descriptor after the other.
 * Nothing that is a symbolic link is walked through, so that the file is the one that the path
 * names, whoever changes the tree meanwhile.
 */
final class JnaWritableFile implements WritableFile {
  private static final int STEP = LibC.O_PATH | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;
  private static final int TARGET = LibC.O_WRONLY | LibC.O_NOFOLLOW | LibC.O_CLOEXEC;

  private final Path path;
  private final int fd;

  private JnaWritableFile(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Opens it.
   *
   * @param path absolute, without {@code ..}
   * @throws PosixException ELOOP if any part of the path is a symbolic link
   */
  static JnaWritableFile open(Path path) throws PosixException {
    if (!path.isAbsolute() || !path.equals(path.normalize()) || path.getFileName() == null) {
      throw new IllegalArgumentException(path + " is not an absolute path without dots");
    }
    int at = SystemCall.unlessInterrupted("open", path, () -> LibC.open("/", STEP));
    try {
      for (Path name : path.getRoot().relativize(path.getParent())) {
        int next = step(path, at, name, STEP);
        LibC.close(at);
        at = next;
      }
      return new JnaWritableFile(path, step(path, at, path.getFileName(), TARGET));
    } finally {
      LibC.close(at);
    }
  }

  /** One part of the path, below the directory that {@code at} is the descriptor of. */
  private static int step(Path path, int at, Path name, int flags) throws PosixException {
    try {
      return SystemCall.unlessInterrupted(
          "open", path, () -> LibC.openat(at, name.toString(), flags));
    } catch (PosixException e) {
      // What is walked through is opened even where it is a link; the next step notices.
      throw e.errno() == Errno.ENOTDIR && isLink(at)
          ? new PosixException("open", path, Errno.ELOOP)
          : e;
    }
  }

  private static boolean isLink(int at) {
    try (Memory target = new Memory(1)) {
      return LibC.readlinkat(at, "", target, 1) != -1;
    }
  }

  @Override
  public FileStatus status() throws PosixException {
    return JnaPosix.stat(Path.of("/proc/self/fd/" + fd), path);
  }

  @Override
  public long fileSystemMagic() throws PosixException {
    try (Memory buffer = new Memory(LibC.STATFS_BYTES)) {
      SystemCall.unlessInterrupted("statfs", path, () -> LibC.fstatfs(fd, buffer));
      return LibC.magic(buffer);
    }
  }

  @Override
  public int write(byte[] bytes) throws PosixException {
    try (Memory buffer = new Memory(Math.max(1, bytes.length))) {
      buffer.write(0, bytes, 0, bytes.length);
      return SystemCall.unlessInterrupted(
          "write", path, () -> LibC.write(fd, buffer, bytes.length));
    }
  }

  @Override
  public void close() {
    LibC.close(fd);
  }
}
