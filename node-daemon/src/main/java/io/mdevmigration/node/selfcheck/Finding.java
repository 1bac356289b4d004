package io.mdevmigration.node.selfcheck;

import static java.util.Objects.requireNonNull;

/**
 * Something about how this process is run that keeps it from its work.
 *
 * @param kind what
 * @param message what is wrong, and what to change: printable, without a full stop
 */
public record Finding(Kind kind, String message) {
  /** What is wrong. */
  public enum Kind {
    /** Where sysfs should be, something else is. */
    NO_SYSFS,
    /** The files of sysfs belong to nobody here, and no uevent arrives. */
    USER_NAMESPACE,
    /** Another user than root, to whom the attributes are not writable. */
    NOT_ROOT,
    /** The devices of sysfs are mounted read-only. */
    READ_ONLY,
    /** AppArmor lets nothing below sysfs be written. */
    APP_ARMOR,
    /** SELinux lets nothing in sysfs be written. */
    SE_LINUX
  }

  public Finding {
    requireNonNull(kind, "kind");
    requireNonNull(message, "message");
  }
}
