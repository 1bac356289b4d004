package io.mdevmigration.node.posix;

import java.nio.file.Path;
import java.util.List;

/**
 * The few system calls that the daemon makes, with the error number kept. Java's own file classes
 * lose it and may write twice. Everything above this interface is the same over a real kernel
 * ({@link JnaPosix}) and over a simulated driver.
 *
 * <p>Each call may take as long as the driver behind the file pleases; deadlines are the caller's.
 */
public interface Posix {
  /**
   * Names in a directory, without {@code .} and {@code ..}, in no particular order.
   *
   * @throws PosixException ENOENT, ENOTDIR, EACCES, …
   */
  List<String> list(Path directory) throws PosixException;

  /**
   * The file that a path leads to, every symbolic link followed.
   *
   * @throws PosixException ENOENT, ELOOP, EACCES, …
   */
  Path realPath(Path path) throws PosixException;

  /**
   * stat(2), symbolic links followed.
   *
   * @throws PosixException ENOENT, EACCES, …
   */
  FileStatus stat(Path path) throws PosixException;

  /**
   * One open(2) with O_RDONLY, one read(2), close. A symbolic link in the last part of the path is
   * not followed.
   *
   * @param limit bytes to read at most, 1 to 65,536
   * @return what the one read(2) gave; empty at end of file
   * @throws PosixException with {@link PosixException#call()} open or read
   */
  byte[] read(Path file, int limit) throws PosixException;

  /**
   * Opens with O_WRONLY alone, and follows no symbolic link in any part of the path. That a file is
   * open means nothing to a driver: sysfs tells it of reads and writes only.
   *
   * @param file absolute, without {@code .} and {@code ..}
   * @throws PosixException with {@link PosixException#call()} open; ELOOP: a part is a link
   */
  WritableFile openForWriting(Path file) throws PosixException;

  /**
   * access(2) with W_OK, by the real user and group, which are the effective ones here. Security
   * modules that judge by path, as AppArmor does, are not asked.
   *
   * @throws PosixException EROFS: what it lies on is mounted read-only; EACCES: permission bits or
   *     SELinux; ENOENT, …
   */
  void requireWritable(Path path) throws PosixException;

  /**
   * The magic number of the file system that a path lies on, as statfs(2) gives it; sysfs is
   * 0x62656572.
   *
   * @throws PosixException ENOENT, EACCES, …
   */
  long fileSystemMagic(Path path) throws PosixException;
}
