package io.mdevmigration.node.publish;

/** Why the Ready condition is what it is. */
public enum ReadyReason {
  /** All is well. */
  READY("Ready"),
  /** All is well, and no mdev module is loaded. */
  NO_MDEV_BUS("NoMdevBus"),
  /** Some class is asked no more, because a former boot ended while it was. */
  SUSPECTED("Suspected"),
  /** Something of the mdev tree could not be read. */
  INVENTORY_INCOMPLETE("InventoryIncomplete"),
  /** There is more than an MdevNodeState can hold. */
  INVENTORY_TOO_LARGE("InventoryTooLarge"),
  /** How this process is run keeps it from asking. */
  AGENT_MISCONFIGURED("AgentMisconfigured"),
  /** A driver does not return. */
  DRIVER_UNRESPONSIVE("DriverUnresponsive"),
  /** Nothing is asked while the admission policies are not in force. */
  POLICIES_NOT_IN_FORCE("PoliciesNotInForce");

  private final String text;

  ReadyReason(String text) {
    this.text = text;
  }

  /** The word as it stands in the condition. */
  @Override
  public String toString() {
    return text;
  }
}
