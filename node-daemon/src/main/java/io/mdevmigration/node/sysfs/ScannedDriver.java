package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The driver of a parent, as far as the kernel tells.
 *
 * @param name the name behind the parent's {@code driver} link; without one, as some software
 *     parents have none, what stands before the dash in its types
 * @param version the module's {@code version}, where it has one
 * @param srcversion the module's {@code srcversion}, where it has one
 */
public record ScannedDriver(String name, Optional<String> version, Optional<String> srcversion) {
  public ScannedDriver {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(srcversion, "srcversion");
  }
}
