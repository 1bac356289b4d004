package io.mdevmigration.e2e.fleet;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.FileStatus;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.posix.WritableFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A kernel as one process sees it: nothing that begins after the process was killed returns. */
final class CutOffPosix implements Posix {
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private final Posix kernel;
  private volatile boolean cutOff;

  CutOffPosix(Posix kernel) {
    this.kernel = requireNonNull(kernel, "kernel");
  }

  void cutOff() {
    cutOff = true;
  }

  @Override
  public List<String> list(Path directory) throws PosixException {
    pass();
    return kernel.list(directory);
  }

  @Override
  public Path realPath(Path path) throws PosixException {
    pass();
    return kernel.realPath(path);
  }

  @Override
  public FileStatus stat(Path path) throws PosixException {
    pass();
    return kernel.stat(path);
  }

  @Override
  public byte[] read(Path file, int limit) throws PosixException {
    pass();
    return kernel.read(file, limit);
  }

  @Override
  public WritableFile openForWriting(Path file) throws PosixException {
    pass();
    return new CutOffFile(kernel.openForWriting(file));
  }

  @Override
  public void requireWritable(Path path) throws PosixException {
    pass();
    kernel.requireWritable(path);
  }

  @Override
  public long fileSystemMagic(Path path) throws PosixException {
    pass();
    return kernel.fileSystemMagic(path);
  }

  /** Holds up the threads of a dead process for good; they are daemon threads, and few. */
  private void pass() {
    while (cutOff) {
      try {
        NEVER.await();
      } catch (InterruptedException e) {
        // the dead feel nothing
      }
    }
  }

  /** A file that the process had open when it was killed: the kernel closes it. */
  private final class CutOffFile implements WritableFile {
    private final WritableFile file;

    CutOffFile(WritableFile file) {
      this.file = file;
    }

    @Override
    public FileStatus status() throws PosixException {
      pass();
      return file.status();
    }

    @Override
    public long fileSystemMagic() throws PosixException {
      pass();
      return file.fileSystemMagic();
    }

    @Override
    public int write(byte[] bytes) throws PosixException {
      pass();
      return file.write(bytes);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
