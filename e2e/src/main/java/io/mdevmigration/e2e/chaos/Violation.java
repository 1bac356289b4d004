package io.mdevmigration.e2e.chaos;

/**
 * A promise that was not kept.
 *
 * @param promise which
 * @param node on which node
 * @param what what happened, and the objects at issue
 */
record Violation(Promise promise, String node, String what) {
  /** What was promised. */
  enum Promise {
    LABELS_EQUAL_THE_MODEL("after quiet, every label equals the model"),
    FOREIGN_LABELS_STAY("foreign labels are never touched"),
    NOTHING_ADDED_ON_OLD_ANSWERS(
        "no patch adds a label on an answer older than the newest publication that its sender had"
            + " seen"),
    NOTHING_VANISHES_WITHOUT_A_ROW("no label vanishes without a row of the table that says so"),
    REFUSED_LABELS_GO_IN_TIME(
        "no connected node that refuses keeps its label longer than the bounds"),
    ONE_STRING_TAKES_ONE_NODE_DOWN_ONCE(
        "a string at which drivers panic takes one node down, once"),
    ONLY_OWN_KEYS("the operator patches own labels alone, guarded by the Node's uid");

    private final String says;

    Promise(String says) {
      this.says = says;
    }
  }

  @Override
  public String toString() {
    return "VIOLATION on %s of \"%s\":%n%s".formatted(node, promise.says, what.indent(2));
  }
}
