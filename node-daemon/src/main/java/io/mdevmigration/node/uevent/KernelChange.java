package io.mdevmigration.node.uevent;

import java.util.Optional;

/** What in the kernel has changed, as far as the mdev tree may look different after it. */
public enum KernelChange {
  /** A parent is there. Its driver may add the version attributes a moment later. */
  REGISTERED,
  /** A parent is gone. */
  UNREGISTERED,
  /** A module came or went: the mdev bus itself may have. */
  MODULE,
  /** Messages were lost: any of the others may have happened. */
  LOST;

  /**
   * What a message means. That single mdevs come and go means nothing: they are not published.
   *
   * @return empty if the mdev tree looks as before
   */
  public static Optional<KernelChange> of(Uevent uevent) {
    return switch (uevent.property("MDEV_STATE")) {
      case "registered" -> Optional.of(REGISTERED);
      case "unregistered" -> Optional.of(UNREGISTERED);
      default -> isModule(uevent) ? Optional.of(MODULE) : Optional.empty();
    };
  }

  private static boolean isModule(Uevent uevent) {
    boolean comesOrGoes = uevent.action().equals("add") || uevent.action().equals("remove");
    String subsystem = uevent.property("SUBSYSTEM");
    return comesOrGoes && (subsystem.equals("module") || subsystem.equals("mdev_bus"));
  }
}
