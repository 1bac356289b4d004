package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * An mdev device that exists.
 *
 * @param uuid its name in {@code /sys/bus/mdev/devices}
 * @param parent whose it is; empty if it could not be traced
 * @param type of which type; empty if it could not be traced
 */
public record Instance(String uuid, Optional<String> parent, Optional<String> type) {
  public Instance {
    requireNonNull(uuid, "uuid");
    requireNonNull(parent, "parent");
    requireNonNull(type, "type");
  }
}
