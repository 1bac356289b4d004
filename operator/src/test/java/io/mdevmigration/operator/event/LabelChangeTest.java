package io.mdevmigration.operator.event;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.REVISION;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.label.LabelRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelChangeTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");

  @Test
  void aLabelThatIsAddedIsToldWithTheReason() {
    assertThat(told(Reports.of("a"), Map.of(A1.labelKey(), LabelRow.ACCEPTED)))
        .containsExactly(
            new Occurrence(
                new Involved("v1", "Node", "a", "uid-a"),
                EventType.NORMAL,
                EventReason.LABEL_ADDED,
                "Accepted " + A1.labelKey(),
                "label " + A1.labelKey() + " added: the driver accepts it"));
  }

  @Test
  void aRefusalIsAWarningThatNamesTheErrno() {
    var told =
        told(Reports.of("a").refuses(A1, 22), Map.of(A1.labelKey(), LabelRow.REFUSED)).get(0);
    assertThat(told.type()).isEqualTo(EventType.WARNING);
    assertThat(told.reason()).isEqualTo(EventReason.LABEL_REMOVED);
    assertThat(told.message())
        .isEqualTo(
            "label " + A1.labelKey() + " removed: the driver does not accept it (Refused E22)");
  }

  @Test
  void aRefusalThatIsOnlyRememberedNamesTheVerdict() {
    var remembered = new DefiniteVerdict(Verdict.UNSUPPORTED, REVISION, NOW.toString());
    assertThat(
            told(Reports.of("a").unknown(A1, remembered), Map.of(A1.labelKey(), LabelRow.REFUSED))
                .get(0)
                .message())
        .endsWith("the driver does not accept it (Unsupported)");
  }

  @Test
  void aRebootIsNothingThatSomeoneHasToSeeTo() {
    var told = told(Reports.of("a"), Map.of(A1.labelKey(), LabelRow.REBOOTED)).get(0);
    assertThat(told.type()).isEqualTo(EventType.NORMAL);
    assertThat(told.message()).endsWith("removed: the node has booted since it answered");
  }

  @Test
  void labelsOfOnePatchWithOneReasonAreOneEvent() {
    var changes =
        Map.of(
            A1.labelKey(),
            LabelRow.ACCEPTED,
            A2.labelKey(),
            LabelRow.ACCEPTED,
            "x",
            LabelRow.OUTDATED);
    var told = told(Reports.of("a"), changes);
    assertThat(told)
        .extracting(Occurrence::reason)
        .containsExactly(EventReason.LABEL_ADDED, EventReason.LABEL_REMOVED);
    assertThat(told.get(0).message())
        .startsWith("labels ")
        .contains(A1.labelKey())
        .contains(A2.labelKey());
  }

  @Test
  void labelsWithDifferentErrnosAreDifferentEvents() {
    assertThat(
            told(
                Reports.of("a").refuses(A1, 22).refuses(A2, 1),
                Map.of(A1.labelKey(), LabelRow.REFUSED, A2.labelKey(), LabelRow.REFUSED)))
        .hasSize(2);
  }

  @Test
  void aHundredLabelsOfOnePatchAreOneEventThatNamesSome() {
    Map<String, LabelRow> changes = new TreeMap<>();
    IntStream.range(0, 100)
        .mapToObj(i -> new MdevClass("x".repeat(255), "v" + i))
        .forEach(mdevClass -> changes.put(mdevClass.labelKey(), LabelRow.ACCEPTED));
    var told = told(Reports.of("a"), changes);
    assertThat(told).hasSize(1);
    assertThat(told.get(0).message()).contains(" and 92 more added: the driver accepts it");
  }

  private static List<Occurrence> told(Reports report, Map<String, LabelRow> changes) {
    return LabelChange.of(node("a"), Optional.of(report.report()), Map.of(), new TreeMap<>(changes))
        .stream()
        .map(LabelChange::occurrence)
        .toList();
  }
}
