package io.mdevmigration.operator.source;

/** Why a MigrationCompatibility has no sources, or not all: the reason of its SourceResolved. */
public enum SourceProblem {
  /** There is no Node of the name. */
  NODE_NOT_FOUND("NodeNotFound"),
  /** The Node has no MdevNodeState. */
  NODE_NOT_PUBLISHED("NodeNotPublished"),
  /** The node has no such parent. */
  PARENT_NOT_FOUND("ParentNotFound"),
  /** The node, or the parent, does not offer the type. */
  TYPE_NOT_OFFERED("TypeNotOffered"),
  /** The type is offered, and the driver gives no version. */
  NO_VERSION("NoVersion"),
  /** None of the selected nodes publishes a version. */
  NOTHING_PUBLISHED("NothingPublished"),
  /** The node could not be read in full, and what is asked for may be in the rest. */
  INVENTORY_INCOMPLETE("InventoryIncomplete"),
  /** Two version strings have one digest. */
  AMBIGUOUS_DIGEST("AmbiguousDigest"),
  /** More versions than the limits allow. */
  TOO_MANY_CLASSES("TooManyClasses");

  private final String text;

  SourceProblem(String text) {
    this.text = text;
  }

  /** The word as it stands in the condition. */
  @Override
  public String toString() {
    return text;
  }
}
