package io.mdevmigration.node.selfcheck;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What this process can see of how it is run. What it cannot see is empty, and proves nothing.
 *
 * @param sysfs where sysfs is to be
 * @param magic the magic number of the file system there
 * @param user the effective user id, within this process's user namespace
 * @param overridesPermissions whether it has CAP_DAC_OVERRIDE, and needs no permission bits
 * @param ownUserNamespace whether it is in another user namespace than the machine's first
 * @param devices what access(2) for writing says of {@code devices} in sysfs, an error number
 * @param attribute the same of one of the version attributes there are
 * @param label what it is confined by, as {@code /proc/self/attr} says: an AppArmor profile with
 *     its mode or a SELinux context
 * @param permissive whether SELinux is known to be asked, and not obeyed
 */
public record Evidence(
    Path sysfs,
    OptionalLong magic,
    OptionalInt user,
    boolean overridesPermissions,
    boolean ownUserNamespace,
    OptionalInt devices,
    OptionalInt attribute,
    Optional<String> label,
    boolean permissive) {
  public Evidence {
    requireNonNull(sysfs, "sysfs");
    requireNonNull(magic, "magic");
    requireNonNull(user, "user");
    requireNonNull(devices, "devices");
    requireNonNull(attribute, "attribute");
    requireNonNull(label, "label");
  }
}
