package io.mdevmigration.operator.kubevirt.admission;

import io.mdevmigration.operator.kubevirt.need.Need;

/** Why a migration is not steered, in one word. */
public enum Cause {
  /** It is steered, or is none of this project's business. */
  NONE,
  /** No other node can take over the device, for certain. */
  NOBODY_ACCEPTS,
  /** No other node is known to accept the device. */
  NOT_ACCEPTED_YET,
  /** No MigrationCompatibility asks about a class of the device. */
  NOT_EVALUATED,
  /** This KubeVirt knows no selector for migrations. */
  NO_SELECTOR,
  /** It would be steered, but nothing may be changed. */
  REPORT_ONLY,
  // What the VMI needs cannot be told, and why.
  SEVERAL_GPUS,
  HOST_DEVICES,
  CLAIMED,
  NO_VMI,
  NOT_RUNNING,
  NOT_MIGRATABLE,
  GATE_OFF,
  NO_NODE,
  NO_KUBEVIRT,
  NOT_PERMITTED,
  NODE_NOT_PUBLISHED,
  TYPE_UNKNOWN,
  TYPE_AMBIGUOUS,
  NO_VERSION;

  /** What a VMI needs cannot be told. */
  static Cause of(Need.Why why) {
    return valueOf(why.name());
  }
}
