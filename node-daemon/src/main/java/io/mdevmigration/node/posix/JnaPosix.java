package io.mdevmigration.node.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The system calls of the Linux kernel that this process runs on.
 *
 * <p>Attributes are opened, read and written through the C library, so that the driver's own error
 * number arrives. Directories and file status come from Java's file classes: what these can fail
 * with is known, and anything else is EIO here.
 */
public final class JnaPosix implements Posix {
  /** O_NOFOLLOW, which differs between architectures. */
  private static final int O_NOFOLLOW = Platform.isARM() ? 0100000 : 0400000;

  /** struct statfs is 120 bytes on 64-bit Linux, less elsewhere. */
  private static final int STATFS_BYTES = 256;

  @Override
  public List<String> list(Path directory) throws PosixException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      List<String> names = new ArrayList<>();
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
      return names;
    } catch (DirectoryIteratorException e) {
      throw failed("readdir", directory, e.getCause());
    } catch (IOException e) {
      throw failed("readdir", directory, e);
    }
  }

  @Override
  public Path realPath(Path path) throws PosixException {
    Pointer text = LibC.realpath(path.toString(), Pointer.NULL);
    if (text == null) {
      throw new PosixException("readlink", path, Native.getLastError());
    }
    try {
      return path.getFileSystem().getPath(text.getString(0, "UTF-8"));
    } finally {
      LibC.free(text);
    }
  }

  @Override
  public FileStatus stat(Path path) throws PosixException {
    try {
      Map<String, Object> status = Files.readAttributes(path, "unix:ino,mode");
      return new FileStatus((Long) status.get("ino"), (Integer) status.get("mode") & 07777);
    } catch (IOException e) {
      throw failed("stat", path, e);
    }
  }

  @Override
  public byte[] read(Path file, int limit) throws PosixException {
    int fd = open(file, LibC.O_RDONLY | LibC.O_CLOEXEC);
    try (Memory buffer = new Memory(limit)) {
      int count = unlessInterrupted("read", file, () -> LibC.read(fd, buffer, limit));
      return buffer.getByteArray(0, count);
    } finally {
      LibC.close(fd);
    }
  }

  @Override
  public int write(Path file, byte[] bytes) throws PosixException {
    int fd = open(file, LibC.O_WRONLY | LibC.O_CLOEXEC | O_NOFOLLOW);
    try (Memory buffer = new Memory(Math.max(1, bytes.length))) {
      buffer.write(0, bytes, 0, bytes.length);
      return unlessInterrupted("write", file, () -> LibC.write(fd, buffer, bytes.length));
    } finally {
      LibC.close(fd);
    }
  }

  @Override
  public long fileSystemMagic(Path path) throws PosixException {
    try (Memory buffer = new Memory(STATFS_BYTES)) {
      if (LibC.statfs(path.toString(), buffer) == -1) {
        throw new PosixException("statfs", path, Native.getLastError());
      }
      // f_type comes first: an unsigned int on s390x, a long on the others. A magic number has 32
      // bits everywhere.
      return Platform.ARCH.startsWith("s390")
          ? Integer.toUnsignedLong(buffer.getInt(0))
          : buffer.getLong(0) & 0xffffffffL;
    }
  }

  private static int open(Path file, int flags) throws PosixException {
    return unlessInterrupted("open", file, () -> LibC.open(file.toString(), flags));
  }

  /** A signal that comes in between is nobody's answer: the call is made again at once. */
  private static int unlessInterrupted(String name, Path file, SystemCall call)
      throws PosixException {
    while (true) {
      int result = (int) call.run();
      if (result != -1) {
        return result;
      }
      int errno = Native.getLastError();
      if (errno != Errno.EINTR) {
        throw new PosixException(name, file, errno);
      }
    }
  }

  private static PosixException failed(String call, Path path, IOException e) {
    return new PosixException(call, path, errno(e));
  }

  private static int errno(IOException e) {
    if (e instanceof NoSuchFileException) {
      return Errno.ENOENT;
    }
    if (e instanceof AccessDeniedException) {
      return Errno.EACCES;
    }
    if (e instanceof NotDirectoryException) {
      return Errno.ENOTDIR;
    }
    if (e instanceof FileSystemLoopException
        || String.valueOf(e.getMessage()).contains("symbolic")) {
      return Errno.ELOOP;
    }
    return Errno.EIO;
  }

  /** One call into the C library: -1 is failure. */
  private interface SystemCall {
    long run();
  }
}
