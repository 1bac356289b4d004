package io.mdevmigration.node.sysfs;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The mdev tree at one moment.
 *
 * @param sysfs whether the tree is a real sysfs, and not a copy or something else
 * @param bus whether there is an mdev bus at all
 * @param bootId the kernel's boot id; empty if it could not be read
 * @param kernelRelease the kernel's release; empty if it could not be read
 * @param parents the parents that could be read, sorted by name
 * @param unreadableParents the parents that exist, but whose driver or types could not be read
 * @param instances the mdev devices, sorted; only where they were asked for
 * @param troubles what could not be read
 * @param vanished whether something went away during the scan: it is worth another look soon
 */
public record Scan(
    boolean sysfs,
    Bus bus,
    Optional<String> bootId,
    Optional<String> kernelRelease,
    List<ScannedParent> parents,
    Set<String> unreadableParents,
    List<Instance> instances,
    List<Trouble> troubles,
    boolean vanished) {
  public Scan {
    requireNonNull(bus, "bus");
    requireNonNull(bootId, "bootId");
    requireNonNull(kernelRelease, "kernelRelease");
    parents = List.copyOf(parents);
    unreadableParents = Set.copyOf(unreadableParents);
    instances = List.copyOf(instances);
    troubles = List.copyOf(troubles);
  }

  /** Whether what is missing here is proven not to exist. */
  public boolean isComplete() {
    return sysfs && troubles.isEmpty();
  }

  /** A version attribute that its mode lets be written, if there is any. */
  public Optional<Path> writableAttribute() {
    for (ScannedParent parent : parents) {
      for (ScannedType type : parent.types()) {
        if (type.version() instanceof VersionAttribute.Present present && present.writable()) {
          return Optional.of(
              new TypeAttribute(parent.device(), type.type(), present.name()).path());
        }
      }
    }
    return Optional.empty();
  }

  /**
   * What was found of the tree as a whole, without its parents: they take megabytes on big hosts.
   */
  public Scan withoutParents() {
    return new Scan(
        sysfs,
        bus,
        bootId,
        kernelRelease,
        List.of(),
        unreadableParents,
        List.of(),
        troubles,
        vanished);
  }
}
