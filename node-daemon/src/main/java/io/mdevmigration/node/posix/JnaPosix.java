package io.mdevmigration.node.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
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
    return stat(path, path);
  }

  /**
   * stat(2).
   *
   * @param name what a failure is said to be about
   */
  static FileStatus stat(Path path, Path name) throws PosixException {
    try {
      Map<String, Object> status = Files.readAttributes(path, "unix:ino,mode");
      return new FileStatus((Long) status.get("ino"), (Integer) status.get("mode") & 07777);
    } catch (IOException e) {
      throw failed("stat", name, e);
    }
  }

  @Override
  public byte[] read(Path file, int limit) throws PosixException {
    int flags = LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NOFOLLOW;
    int fd = SystemCall.unlessInterrupted("open", file, () -> LibC.open(file.toString(), flags));
    try (Memory buffer = new Memory(limit)) {
      int count = SystemCall.unlessInterrupted("read", file, () -> LibC.read(fd, buffer, limit));
      return buffer.getByteArray(0, count);
    } finally {
      LibC.close(fd);
    }
  }

  @Override
  public WritableFile openForWriting(Path file) throws PosixException {
    return JnaWritableFile.open(file);
  }

  @Override
  public void requireWritable(Path path) throws PosixException {
    SystemCall.unlessInterrupted("access", path, () -> LibC.access(path.toString(), LibC.W_OK));
  }

  @Override
  public long fileSystemMagic(Path path) throws PosixException {
    try (Memory buffer = new Memory(LibC.STATFS_BYTES)) {
      SystemCall.unlessInterrupted("statfs", path, () -> LibC.statfs(path.toString(), buffer));
      return LibC.magic(buffer);
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
}
