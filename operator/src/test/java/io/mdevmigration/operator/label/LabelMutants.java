package io.mdevmigration.operator.label;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow.Effect;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Tables that differ from the design's in one thing. */
final class LabelMutants {
  private static final List<LabelRow> DESIGN = LabelTable.DESIGN.rows();

  /**
   * Mutants that decide as the design's table does, each with the reason why nobody can tell. That
   * it is so is a property test.
   */
  static final Map<String, String> EQUIVALENT =
      Map.of(
          "TypeNotOffered and Outdated swapped",
          "a type that is not offered has no revision to differ from",
          "Refused and Accepted swapped",
          "an answer that is Compatible is its own definite verdict");

  /**
   * One mutant.
   *
   * @param says what is different
   * @param table the table
   */
  record Mutant(String says, LabelTable table) {
    @Override
    public String toString() {
      return says;
    }
  }

  private LabelMutants() {}

  static List<Mutant> all() {
    List<Mutant> mutants = new ArrayList<>();
    for (int i = 0; i < DESIGN.size(); i++) {
      LabelRow row = DESIGN.get(i);
      mutants.add(new Mutant(row + " removed", without(i)));
      for (Effect effect : Effect.values()) {
        if (effect != row.effect()) {
          mutants.add(
              mutant(
                  row + " has the effect " + effect,
                  i,
                  new LabelRow(row.name(), effect, row.why(), row.when())));
        }
      }
      for (LabelCondition condition : row.when()) {
        mutants.add(when(row + " without: " + condition, i, condition, List.of()));
        mutants.add(
            when(
                row + " with the contrary of: " + condition,
                i,
                condition,
                List.of(new LabelCondition("not: " + condition, condition.holds().negate()))));
      }
      if (i > 0) {
        mutants.add(new Mutant(DESIGN.get(i - 1) + " and " + row + " swapped", swapped(i - 1, i)));
      }
    }
    mutants.addAll(misread());
    return mutants;
  }

  /** Conditions that are written as someone in a hurry might. */
  private static List<Mutant> misread() {
    return List.of(
        misread(
            LabelRow.OTHER_NODE,
            LabelCondition.OF_ANOTHER_NODE,
            "no MdevNodeState is doubt, too",
            f -> f.report().filter(r -> r.belongsTo(f.node())).isEmpty()),
        misread(
            LabelRow.REBOOTED,
            LabelCondition.OF_ANOTHER_BOOT,
            "an unknown boot id is another one",
            f -> f.report().filter(r -> !r.bootID().equals(f.node().bootID())).isPresent()),
        misread(
            LabelRow.REBOOTED,
            LabelCondition.OF_ANOTHER_BOOT,
            "a Node's unknown boot id is another one",
            f ->
                f.report()
                    .filter(r -> r.bootID().isPresent() && !r.bootID().equals(f.node().bootID()))
                    .isPresent()),
        misread(
            LabelRow.OUTDATED,
            LabelCondition.UNDER_ANOTHER_REVISION,
            "a missing revision is another one",
            f -> f.definite().isPresent() && !f.published().equals(f.answeredUnder())),
        misread(
            LabelRow.OUTDATED,
            LabelCondition.UNDER_ANOTHER_REVISION,
            "only the answer itself counts",
            f ->
                f.answer().filter(a -> a.verdict().isDefinite()).isPresent()
                    && LabelCondition.UNDER_ANOTHER_REVISION.of(f)),
        misread(
            LabelRow.OUTDATED,
            LabelCondition.UNDER_ANOTHER_REVISION,
            "only an acceptance can be outdated",
            f -> is(f, Verdict.COMPATIBLE) && LabelCondition.UNDER_ANOTHER_REVISION.of(f)),
        misread(
            LabelRow.OUTDATED,
            LabelCondition.UNDER_ANOTHER_REVISION,
            "an answer that is no answer counts with its own revision",
            f ->
                f.published().isPresent()
                    && f.answer()
                        .map(Answer::revision)
                        .filter(revision -> !f.published().get().equals(revision))
                        .isPresent()),
        misread(
            LabelRow.REFUSED,
            LabelCondition.NOT_ACCEPTED,
            "E is Incompatible",
            f -> is(f, Verdict.INCOMPATIBLE)),
        misread(
            LabelRow.REFUSED,
            LabelCondition.NOT_ACCEPTED,
            "E is Unsupported",
            f -> is(f, Verdict.UNSUPPORTED)),
        misread(
            LabelRow.REFUSED,
            LabelCondition.NOT_ACCEPTED,
            "the answer is not Compatible",
            f -> f.answer().filter(a -> a.verdict() != Verdict.COMPATIBLE).isPresent()),
        misread(
            LabelRow.REFUSED,
            LabelCondition.NOT_ACCEPTED,
            "the answer itself is Incompatible or Unsupported",
            f ->
                f.answer().filter(a -> a.verdict().isDefinite()).isPresent()
                    && LabelCondition.NOT_ACCEPTED.of(f)),
        misread(
            LabelRow.REFUSED,
            LabelCondition.NOT_ACCEPTED,
            "only a complete inventory's refusal counts",
            f ->
                f.report().filter(NodeReport::complete).isPresent()
                    && LabelCondition.NOT_ACCEPTED.of(f)),
        misread(
            LabelRow.REFUSED,
            LabelCondition.NOT_ACCEPTED,
            "only a fresh refusal counts",
            f -> LabelCondition.FRESH.of(f) && LabelCondition.NOT_ACCEPTED.of(f)),
        misread(
            LabelRow.ACCEPTED,
            LabelCondition.ACCEPTED,
            "E is Compatible",
            f -> is(f, Verdict.COMPATIBLE)),
        misread(
            LabelRow.ACCEPTED,
            LabelCondition.ACCEPTED,
            "the answer is not Incompatible or Unsupported",
            f -> f.answer().isPresent() && !LabelCondition.NOT_ACCEPTED.of(f)),
        misread(
            LabelRow.ACCEPTED,
            LabelCondition.UNDER_THE_REVISION,
            "not under another revision",
            f -> !LabelCondition.UNDER_ANOTHER_REVISION.of(f)),
        misread(
            LabelRow.ACCEPTED,
            LabelCondition.FRESH,
            "not observed longer than 13 h ago",
            f -> f.report().filter(r -> r.observed().isEmpty() || r.isFresh(f.now())).isPresent()),
        misread(
            LabelRow.ACCEPTED,
            LabelCondition.FRESH,
            "observed less than 13 h ago",
            f ->
                f.report()
                    .flatMap(NodeReport::observed)
                    .filter(at -> at.isAfter(f.now().minus(NodeReport.AGE_MAX)))
                    .isPresent()));
  }

  private static boolean is(LabelFacts facts, Verdict verdict) {
    return facts.definite().map(DefiniteVerdict::verdict).filter(verdict::equals).isPresent();
  }

  private static Mutant misread(
      LabelRow row, LabelCondition condition, String says, Predicate<LabelFacts> holds) {
    return when(
        row + " misread: " + says,
        DESIGN.indexOf(row),
        condition,
        List.of(new LabelCondition(says, holds)));
  }

  private static Mutant when(
      String says, int index, LabelCondition condition, List<LabelCondition> instead) {
    LabelRow row = DESIGN.get(index);
    if (!row.when().contains(condition)) {
      throw new IllegalArgumentException(row + " does not ask whether " + condition);
    }
    List<LabelCondition> when =
        row.when().stream()
            .flatMap(c -> c.equals(condition) ? instead.stream() : Stream.of(c))
            .toList();
    return mutant(says, index, new LabelRow(row.name(), row.effect(), row.why(), when));
  }

  private static Mutant mutant(String says, int index, LabelRow row) {
    List<LabelRow> rows = new ArrayList<>(DESIGN);
    rows.set(index, row);
    return new Mutant(says, new LabelTable(rows));
  }

  private static LabelTable without(int index) {
    List<LabelRow> rows = new ArrayList<>(DESIGN);
    rows.remove(index);
    return new LabelTable(rows);
  }

  private static LabelTable swapped(int one, int other) {
    List<LabelRow> rows = new ArrayList<>(DESIGN);
    Collections.swap(rows, one, other);
    return new LabelTable(rows);
  }
}
