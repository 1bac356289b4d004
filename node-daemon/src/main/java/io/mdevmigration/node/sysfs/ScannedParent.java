package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;

/**
 * A parent that is there.
 *
 * @param name its name in {@code /sys/class/mdev_bus}
 * @param device its device directory, every symbolic link resolved
 * @param driver its driver
 * @param types what it offers, sorted by name
 */
public record ScannedParent(
    String name, Path device, ScannedDriver driver, List<ScannedType> types) {
  public ScannedParent {
    requireNonNull(name, "name");
    requireNonNull(device, "device");
    requireNonNull(driver, "driver");
    types = List.copyOf(types);
  }
}
