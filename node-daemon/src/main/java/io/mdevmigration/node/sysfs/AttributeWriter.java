package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FileStatus;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.posix.WritableFile;
import java.nio.file.Path;

/**
 * The one place where something is opened for writing: version attributes below {@code
 * <sysfs>/devices}, on the same kind of file system as sysfs itself, no symbolic link followed on
 * the way. Errors for what lies elsewhere are those of openat2(2) with RESOLVE_BENEATH: EXDEV
 * outside, ELOOP through a link.
 */
public final class AttributeWriter {
  private final Posix posix;
  private final Path root;

  /**
   * A writer.
   *
   * @param root where sysfs is mounted; {@code devices} in it may be a mount of its own, as in a
   *     pod that has the rest read-only
   */
  public AttributeWriter(Posix posix, Path root) {
    this.posix = requireNonNull(posix, "posix");
    this.root = requireNonNull(root, "root");
  }

  /**
   * The attribute's status as it is now.
   *
   * @throws PosixException ENOENT, ENODEV, …
   */
  public FileStatus status(TypeAttribute attribute) throws PosixException {
    return posix.stat(attribute.path());
  }

  /**
   * Opens an attribute. Nothing reaches the driver by it.
   *
   * @return to be closed by the caller
   * @throws PosixException with {@link PosixException#call()} open
   */
  public WritableFile open(TypeAttribute attribute) throws PosixException {
    try {
      Path resolved = posix.realPath(root);
      if (isDevice(attribute.device(), resolved)) {
        return open(attribute, posix.fileSystemMagic(resolved));
      }
      throw new PosixException("open", attribute.path(), Errno.EXDEV);
    } catch (PosixException e) {
      throw new PosixException("open", attribute.path(), e.errno());
    }
  }

  private WritableFile open(TypeAttribute attribute, long magic) throws PosixException {
    WritableFile file = posix.openForWriting(attribute.path());
    boolean kept = false;
    try {
      if (file.fileSystemMagic() != magic) {
        throw new PosixException("open", attribute.path(), Errno.EXDEV);
      }
      kept = true;
      return file;
    } finally {
      if (!kept) {
        file.close();
      }
    }
  }

  /**
   * Whether a directory is one of a device.
   *
   * @param device the directory, and {@code root} where sysfs is mounted, both resolved
   */
  static boolean isDevice(Path device, Path root) {
    Path devices = root.resolve("devices");
    return device.startsWith(devices) && !device.equals(devices);
  }
}
