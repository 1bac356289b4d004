package io.mdevmigration.operator.trial;

/** Whether a node may be asked about a class. */
public enum Permission {
  /** The class is not new to the node's driver. */
  ASK,
  /** The node is the one that tries it. */
  TRY,
  /**
   * The node was the one, and it went well, though its answer holds no longer: the check stays for
   * the driver that it names, and tries no more.
   */
  PROVEN,
  /** The node was the one, and what came of it is not known: what it is asked stays. */
  HOLD,
  /** Another node tries it first, or it is suspected, or the driver is not known. */
  WAIT
}
