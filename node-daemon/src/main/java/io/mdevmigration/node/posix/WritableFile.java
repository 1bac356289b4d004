package io.mdevmigration.node.posix;

/** A file that is open for writing: what it is can be looked at before anything is written. */
public interface WritableFile extends AutoCloseable {
  /**
   * fstat(2): of the file that is open, whatever its path leads to by now.
   *
   * @throws PosixException with {@link PosixException#call()} stat
   */
  FileStatus status() throws PosixException;

  /**
   * The magic number of the file system that the file lies on, as fstatfs(2) gives it.
   *
   * @throws PosixException with {@link PosixException#call()} statfs
   */
  long fileSystemMagic() throws PosixException;

  /**
   * Exactly one write(2), again only after EINTR.
   *
   * @return what write(2) returned: less than the length of {@code bytes} is a short count
   * @throws PosixException with {@link PosixException#call()} write
   */
  int write(byte[] bytes) throws PosixException;

  /** Closes it. */
  @Override
  void close();
}
