package io.mdevmigration.operator.compatibility;

/** How far a MigrationCompatibility is: the reason of its Evaluated, and of its Ready. */
public enum Evaluation {
  /** No selected node has an MdevNodeState. */
  NO_TARGETS("NoTargets"),
  /** There is no version to ask about. */
  NO_SOURCES("NoSources"),
  /** Some target has not answered. */
  ANSWERS_MISSING("AnswersMissing"),
  /** The same, and a version is asked nowhere because a node fell silent over it. */
  SUSPECTED("Suspected"),
  /** Every target has answered for every source. */
  ALL_ANSWERED("AllAnswered");

  /** The reason of SourceResolved where all is well. */
  public static final String RESOLVED = "Resolved";

  private final String text;

  Evaluation(String text) {
    this.text = text;
  }

  /** The word as it stands in the condition. */
  @Override
  public String toString() {
    return text;
  }
}
