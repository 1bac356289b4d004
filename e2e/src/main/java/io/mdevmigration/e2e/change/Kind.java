package io.mdevmigration.e2e.change;

import java.util.stream.Stream;

/**
 * A kind of change.
 *
 * @param reload which driver comes
 * @param labels what becomes of the node's labels
 */
record Kind(Reload reload, Labels labels) implements Comparable<Kind> {
  /** Which driver comes. */
  enum Reload {
    /** The one that was there, which accepts otherwise now. */
    SAME_DRIVER,
    /** Another one that runs on other nodes already. */
    KNOWN_DRIVER
  }

  /** What becomes of the node's labels. */
  enum Labels {
    GO,
    COME,
    GO_AND_COME
  }

  /**
   * The kind of a change.
   *
   * @throws IllegalArgumentException if the labels are the same before and after
   */
  static Kind of(Setup before, Setup after) {
    if (before.accepts().equals(after.accepts())) {
      throw new IllegalArgumentException("no label changes from " + before + " to " + after);
    }
    return new Kind(
        before.driver().equals(after.driver()) ? Reload.SAME_DRIVER : Reload.KNOWN_DRIVER,
        before.accepts().containsAll(after.accepts())
            ? Labels.GO
            : after.accepts().containsAll(before.accepts()) ? Labels.COME : Labels.GO_AND_COME);
  }

  /** Every kind, in the order of display. */
  static Stream<Kind> all() {
    return Stream.of(Reload.values())
        .flatMap(reload -> Stream.of(Labels.values()).map(labels -> new Kind(reload, labels)));
  }

  @Override
  public int compareTo(Kind other) {
    int byReload = reload.compareTo(other.reload);
    return byReload == 0 ? labels.compareTo(other.labels) : byReload;
  }

  @Override
  public String toString() {
    String driver = reload == Reload.SAME_DRIVER ? "same driver" : "known driver";
    return switch (labels) {
      case GO -> driver + ", a label goes";
      case COME -> driver + ", a label comes";
      case GO_AND_COME -> driver + ", one goes, one comes";
    };
  }
}
