package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

/**
 * An mdev type as one parent offers it.
 *
 * @param type its directory's name in mdev_supported_types
 * @param name content of {@code name}, absent with some drivers before Linux 6.1
 * @param deviceApi content of {@code device_api}
 * @param availableInstances content of {@code available_instances}; not read by the daemon, for
 *     which it is absent
 * @param version the version attribute
 */
public record ScannedType(
    String type,
    Reading name,
    Reading deviceApi,
    Reading availableInstances,
    VersionAttribute version) {
  public ScannedType {
    requireNonNull(type, "type");
    requireNonNull(name, "name");
    requireNonNull(deviceApi, "deviceApi");
    requireNonNull(availableInstances, "availableInstances");
    requireNonNull(version, "version");
  }
}
