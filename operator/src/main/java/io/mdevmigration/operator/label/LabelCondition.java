package io.mdevmigration.operator.label;

import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeReport;
import java.util.function.Predicate;

/**
 * Something that a row of the table asks of the facts.
 *
 * @param says what it asks, as a sentence
 * @param holds whether it holds
 */
public record LabelCondition(String says, Predicate<LabelFacts> holds) {
  static final LabelCondition OF_ANOTHER_NODE =
      new LabelCondition(
          "the MdevNodeState's owner is not this Node",
          f -> f.report().filter(r -> !r.belongsTo(f.node())).isPresent());

  static final LabelCondition OF_ANOTHER_BOOT =
      new LabelCondition(
          "Node's boot id and the inventory's are both known and differ",
          f -> f.report().filter(r -> r.isBeforeBootOf(f.node())).isPresent());

  static final LabelCondition WANTED =
      new LabelCondition("the class is wanted on this node", LabelFacts::wanted);

  static final LabelCondition NOT_WANTED =
      new LabelCondition("the class is not wanted on this node", f -> !f.wanted());

  static final LabelCondition CONFIRMED_UNWANTED =
      new LabelCondition(
          "nobody has wanted it for long enough, and a live LIST says so too",
          LabelFacts::unwanted);

  static final LabelCondition COMPLETE =
      new LabelCondition(
          "the inventory is complete", f -> f.report().filter(NodeReport::complete).isPresent());

  static final LabelCondition CLASS_KNOWN =
      new LabelCondition("it is known which class it is", f -> f.mdevClass().isPresent());

  static final LabelCondition TYPE_ABSENT =
      new LabelCondition("the type is not in the inventory", f -> f.offered().isEmpty());

  static final LabelCondition UNDER_ANOTHER_REVISION =
      new LabelCondition(
          "E was given under another revision than the type's published one",
          f ->
              f.published().isPresent()
                  && f.answeredUnder().isPresent()
                  && !f.published().equals(f.answeredUnder()));

  static final LabelCondition NOT_ACCEPTED =
      new LabelCondition(
          "E is Incompatible or Unsupported",
          f ->
              f.definite()
                  .filter(
                      e ->
                          e.verdict() == Verdict.INCOMPATIBLE || e.verdict() == Verdict.UNSUPPORTED)
                  .isPresent());

  static final LabelCondition ACCEPTED =
      new LabelCondition(
          "the answer itself is Compatible",
          f -> f.answer().filter(a -> a.verdict() == Verdict.COMPATIBLE).isPresent());

  static final LabelCondition UNDER_THE_REVISION =
      new LabelCondition(
          "the answer was given under the type's published revision",
          f -> f.published().isPresent() && f.published().equals(f.answeredUnder()));

  static final LabelCondition NOT_RESTORED =
      new LabelCondition(
          "the MdevNodeState does not come from a backup, older than one that was known",
          f -> f.report().filter(r -> !r.restored()).isPresent());

  static final LabelCondition FRESH =
      new LabelCondition(
          "observedTime is within 13 h",
          f -> f.report().filter(r -> r.isFresh(f.now())).isPresent());

  /** Whether it holds for these facts. */
  boolean of(LabelFacts facts) {
    return holds.test(facts);
  }

  @Override
  public String toString() {
    return says;
  }
}
