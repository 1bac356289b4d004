package io.mdevmigration.node.sysfs;

import java.nio.file.Path;

/**
 * The file that a question is written to, as a name: {@code
 * <device>/mdev_supported_types/<type>/<name>}.
 *
 * @param device the parent's device directory, every symbolic link resolved
 * @param type the full mdev type
 * @param name the version attribute's name
 */
public record TypeAttribute(Path device, String type, String name) {
  /**
   * An attribute.
   *
   * @throws IllegalArgumentException if the type could leave its directory, or the name is that of
   *     one of the kernel's own attributes
   */
  public TypeAttribute {
    if (!device.isAbsolute() || !device.equals(device.normalize())) {
      throw new IllegalArgumentException(device + " is no resolved device directory");
    }
    if (!FileName.isSafe(type) || !AttributeNames.isAllowed(name)) {
      throw new IllegalArgumentException(
          "no version attribute is called %s of type %s"
              .formatted(Printable.of(name, 255), Printable.of(type, 255)));
    }
  }

  /** The only file that a question is ever written to. */
  public Path path() {
    return device.resolve("mdev_supported_types").resolve(type).resolve(name);
  }
}
