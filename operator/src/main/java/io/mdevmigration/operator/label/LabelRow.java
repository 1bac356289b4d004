package io.mdevmigration.operator.label;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A row of the table that decides about a label.
 *
 * @param name what the row is called
 * @param effect what happens to the label
 * @param why the reason, as the second half of a sentence about the label
 * @param when what has to hold for the row to match: all of it
 */
public record LabelRow(String name, Effect effect, String why, List<LabelCondition> when) {

  /** What happens to a label. */
  public enum Effect {
    /** The node gets the label. */
    ADD,
    /** The node loses the label if it has it. */
    REMOVE,
    /** A label that is there stays; none is added. */
    KEEP
  }

  /** The stored state belongs to a former Node of the same name. */
  public static final LabelRow OTHER_NODE =
      row(
          "OtherNode",
          Effect.KEEP,
          "the stored state belongs to a former Node of this name",
          LabelCondition.OF_ANOTHER_NODE);

  /** The Node has booted since the state was written. */
  public static final LabelRow REBOOTED =
      row(
          "Rebooted",
          Effect.REMOVE,
          "the node has booted since it answered",
          LabelCondition.OF_ANOTHER_BOOT);

  /** No MigrationCompatibility wants the class on this node any more. */
  public static final LabelRow NOT_WANTED =
      row(
          "NotWanted",
          Effect.REMOVE,
          "no MigrationCompatibility asks for it any more",
          LabelCondition.NOT_WANTED,
          LabelCondition.CONFIRMED_UNWANTED);

  /** The node certainly does not offer the type. */
  public static final LabelRow TYPE_NOT_OFFERED =
      row(
          "TypeNotOffered",
          Effect.REMOVE,
          "the node does not offer the type any more",
          LabelCondition.CLASS_KNOWN,
          LabelCondition.COMPLETE,
          LabelCondition.TYPE_ABSENT);

  /** The verdict that counts was given about another state of the driver. */
  public static final LabelRow OUTDATED =
      row(
          "Outdated",
          Effect.REMOVE,
          "the driver or its version has changed since it answered",
          LabelCondition.UNDER_ANOTHER_REVISION);

  /** The driver refuses the class or cannot migrate the type. */
  public static final LabelRow REFUSED =
      row("Refused", Effect.REMOVE, "the driver does not accept it", LabelCondition.NOT_ACCEPTED);

  /** The driver accepts. */
  public static final LabelRow ACCEPTED =
      row(
          "Accepted",
          Effect.ADD,
          "the driver accepts it",
          LabelCondition.WANTED,
          LabelCondition.ACCEPTED,
          LabelCondition.UNDER_THE_REVISION,
          LabelCondition.COMPLETE,
          LabelCondition.FRESH,
          LabelCondition.NOT_RESTORED);

  /** Anything else: nothing is known for certain. */
  public static final LabelRow DOUBT = row("Doubt", Effect.KEEP, "nothing is known for certain");

  public LabelRow {
    requireNonNull(name, "name");
    requireNonNull(effect, "effect");
    requireNonNull(why, "why");
    when = List.copyOf(when);
  }

  private static LabelRow row(String name, Effect effect, String why, LabelCondition... when) {
    return new LabelRow(name, effect, why, List.of(when));
  }

  /** Whether this row decides about these facts, if no row above it does. */
  boolean matches(LabelFacts facts) {
    return when.stream().allMatch(condition -> condition.of(facts));
  }

  /** Whether the node loses the label. */
  public boolean removes() {
    return effect == Effect.REMOVE;
  }

  @Override
  public String toString() {
    return name;
  }
}
