package io.mdevmigration.operator.label;

/**
 * The rows of the table that decides about a label. The first row that matches wins, in this order.
 */
public enum LabelRow {
  /** The stored state belongs to a former Node of the same name. */
  OTHER_NODE(Effect.KEEP, "the stored state belongs to a former Node of this name"),
  /** The Node has booted since the state was written. */
  REBOOTED(Effect.REMOVE, "the node has booted since it answered"),
  /** No MigrationCompatibility wants the class on this node any more. */
  NOT_WANTED(Effect.REMOVE, "no MigrationCompatibility asks for it any more"),
  /** The node certainly does not offer the type. */
  TYPE_NOT_OFFERED(Effect.REMOVE, "the node does not offer the type any more"),
  /** The verdict that counts was given about another state of the driver. */
  OUTDATED(Effect.REMOVE, "the driver or its version has changed since it answered"),
  /** The driver refuses the class or cannot migrate the type. */
  REFUSED(Effect.REMOVE, "the driver does not accept it"),
  /** The driver accepts. */
  ACCEPTED(Effect.ADD, "the driver accepts it"),
  /** Anything else: nothing is known for certain. */
  DOUBT(Effect.KEEP, "nothing is known for certain");

  private final Effect effect;
  private final String why;

  LabelRow(Effect effect, String why) {
    this.effect = effect;
    this.why = why;
  }

  /** What happens to the label. */
  public enum Effect {
    /** The node gets the label. */
    ADD,
    /** The node loses the label if it has it. */
    REMOVE,
    /** A label that is there stays; none is added. */
    KEEP
  }

  /** What this row does. */
  public Effect effect() {
    return effect;
  }

  /** Why, as the second half of a sentence about the label. */
  public String why() {
    return why;
  }
}
