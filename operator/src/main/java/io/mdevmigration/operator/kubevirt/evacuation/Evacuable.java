package io.mdevmigration.operator.kubevirt.evacuation;

/** What a drain of a node would meet, in one word: the reason of Evacuable. */
public enum Evacuable {
  /** VMIs would stay. */
  NO_TARGET("NoTarget"),
  /** What some VMI needs cannot be told. */
  NEEDS_UNCLEAR("NeedsUnclear"),
  /** Every VMI has another node. */
  TARGETS_KNOWN("TargetsKnown"),
  /** The same, but VMIs elsewhere have no other node than this one. */
  LAST_REFUGE("LastRefuge");

  private final String text;

  Evacuable(String text) {
    this.text = text;
  }

  /** The word as it stands in the condition. */
  @Override
  public String toString() {
    return text;
  }
}
