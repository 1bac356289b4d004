package io.mdevmigration.operator.label;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.node;
import static io.mdevmigration.operator.label.LabelCases.CLASS;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.label.LabelCases.LabelCase;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Row by row: each row's own condition, and that the rows above it win. */
class LabelTableTest {
  private static final String KEY = CLASS.labelKey();
  private static final NodeFacts PLAIN = node("a");
  private static final NodeFacts LABELLED = node("a", Map.of(KEY, "true", "gpu", "t4"));
  private static final Map<String, MdevClass> WANTED = Map.of(KEY, CLASS);

  static List<LabelCase> cases() {
    return LabelCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theFirstRowThatMatchesDecides(LabelCase labelCase) {
    assertThat(LabelTable.DESIGN.row(labelCase.facts())).isEqualTo(labelCase.row());
  }

  @Test
  void everyRowDecidesSomeCase() {
    assertThat(cases()).extracting(LabelCase::row).containsAll(LabelTable.DESIGN.rows());
  }

  @Test
  void anAcceptanceAddsALabelWhereThereIsNone() {
    assertThat(changes(PLAIN, accepting())).containsExactly(Map.entry(KEY, LabelRow.ACCEPTED));
    assertThat(changes(LABELLED, accepting())).isEmpty();
  }

  @Test
  void aRefusalRemovesALabelThatIsThere() {
    assertThat(changes(LABELLED, refusing())).containsExactly(Map.entry(KEY, LabelRow.REFUSED));
    assertThat(changes(PLAIN, refusing())).isEmpty();
  }

  @Test
  void doubtLeavesTheLabelAsItIs() {
    assertThat(changes(LABELLED, accepting().incomplete())).isEmpty();
    assertThat(changes(PLAIN, accepting().incomplete())).isEmpty();
    assertThat(changes(LABELLED, refusing().ownedBy("former"))).isEmpty();
    assertThat(changes(PLAIN, accepting().ownedBy("former"))).isEmpty();
  }

  @Test
  void aLabelWhoseValueWasChangedByHandComesBack() {
    assertThat(changes(node("a", Map.of(KEY, "false")), accepting()))
        .containsEntry(KEY, LabelRow.ACCEPTED);
  }

  @Test
  void aLabelWhoseClassIsNotWantedIsDecidedByTheAnswerOfItsDigest() {
    assertThat(decide(LABELLED, refusing(), Map.of(), Set.of()))
        .containsEntry(KEY, LabelRow.REFUSED);
    assertThat(decide(LABELLED, accepting(), Map.of(), Set.of()))
        .containsEntry(KEY, LabelRow.DOUBT);
  }

  @Test
  void aLabelThatOnlyLooksLikeTheOneOfAnAnswerIsDoubt() {
    String other = MdevClass.labelKey("sample-B", CLASS.digest());
    assertThat(decide(node("a", Map.of(other, "true")), refusing(), Map.of(), Set.of()))
        .containsEntry(other, LabelRow.DOUBT);
  }

  @Test
  void foreignLabelsAreNeverDecidedAbout() {
    assertThat(LabelTable.DESIGN.decide(LABELLED, Optional.empty(), Map.of(), Set.of(), NOW))
        .containsOnlyKeys(KEY);
  }

  @Test
  void aRefusalOrAnotherBootTakesALabelAwayThatIsThere() {
    assertThat(takesAway(LABELLED, refusing(), WANTED)).isTrue();
    assertThat(takesAway(LABELLED, refusing(), Map.of())).isTrue();
    assertThat(takesAway(LABELLED, accepting().boot("another"), WANTED)).isTrue();
    assertThat(takesAway(PLAIN, refusing(), WANTED)).isFalse();
  }

  @Test
  void nothingElseTakesALabelAway() {
    assertThat(takesAway(PLAIN, accepting(), WANTED)).as("one that is added").isFalse();
    assertThat(takesAway(LABELLED, accepting(), WANTED)).as("one that stays").isFalse();
    assertThat(takesAway(LABELLED, accepting().incomplete(), WANTED)).as("doubt").isFalse();
    assertThat(takesAway(LABELLED, accepting(), Map.of())).as("not wanted").isFalse();
    assertThat(LabelTable.DESIGN.takesAway(LABELLED, Optional.empty(), WANTED, NOW)).isFalse();
  }

  private static boolean takesAway(NodeFacts node, Reports report, Map<String, MdevClass> wanted) {
    return LabelTable.DESIGN.takesAway(node, Optional.of(report.report()), wanted, NOW);
  }

  private static Map<String, LabelRow> changes(NodeFacts node, Reports report) {
    return LabelTable.changes(
        node, LabelTable.DESIGN.decide(node, Optional.of(report.report()), WANTED, Set.of(), NOW));
  }

  private static Map<String, LabelRow> decide(
      NodeFacts node, Reports report, Map<String, MdevClass> wanted, Set<String> unwanted) {
    return LabelTable.DESIGN.decide(node, Optional.of(report.report()), wanted, unwanted, NOW);
  }

  private static Reports accepting() {
    return Reports.of("a").offers(CLASS.type()).answers(CLASS, Verdict.COMPATIBLE);
  }

  private static Reports refusing() {
    return Reports.of("a").offers(CLASS.type()).answers(CLASS, Verdict.INCOMPATIBLE);
  }
}
