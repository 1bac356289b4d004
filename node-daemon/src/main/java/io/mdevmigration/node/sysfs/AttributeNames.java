package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How the version attribute is called: tried in order, the first that exists in a type's directory
 * is the one.
 *
 * @param general for drivers that {@code perDriver} does not name
 * @param perDriver driver name to the attribute's names for that driver
 */
public record AttributeNames(List<String> general, Map<String, List<String>> perDriver) {
  /**
   * What the mdev core and the driver core themselves put into a type's directory: writing a
   * version there would do something else altogether, such as creating a device.
   */
  private static final Set<String> CORE =
      Set.of(
          "name",
          "description",
          "device_api",
          "available_instances",
          "create",
          "devices",
          "uevent",
          "remove",
          "mdev_type",
          "mdev_supported_types",
          "power",
          "driver",
          "driver_override",
          "subsystem",
          "iommu_group",
          "bind",
          "unbind",
          "online",
          "reset",
          "rescan",
          "enable",
          "sriov_numvfs");

  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}");

  // Below what its constructor checks with: static fields are set in the order they stand in.

  /** {@code version}, then {@code migration_version}, for every driver. */
  public static final AttributeNames DEFAULT =
      new AttributeNames(List.of("version", "migration_version"), Map.of());

  /**
   * The names to try.
   *
   * @throws IllegalArgumentException if a list is empty, a name is no file name, or it is one of
   *     the kernel's own attributes
   */
  public AttributeNames {
    requireNonNull(general, "general");
    requireNonNull(perDriver, "perDriver");
    general = check(general);
    perDriver =
        perDriver.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> check(e.getValue())));
  }

  /** The names to try for a driver. */
  public List<String> of(String driver) {
    return perDriver.getOrDefault(driver, general);
  }

  /** Whether a version attribute can have this name: a file name that is none of the kernel's. */
  static boolean isAllowed(String name) {
    return VALID.matcher(name).matches() && !CORE.contains(name);
  }

  private static List<String> check(List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "no name for the version attribute: give at least one, for example version");
    }
    for (String name : names) {
      if (!VALID.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "'%s' cannot be the version attribute's name: use letters, digits, _, . and - only"
                .formatted(name));
      }
      if (CORE.contains(name)) {
        throw new IllegalArgumentException(
            "%s is an attribute of the kernel's mdev core, so it cannot be the version attribute:"
                    .formatted(name)
                + " name the one that the driver adds, for example version");
      }
    }
    return List.copyOf(names);
  }
}
