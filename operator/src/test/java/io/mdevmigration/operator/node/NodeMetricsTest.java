package io.mdevmigration.operator.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.telemetry.Meters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NodeMetricsTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");
  private static final Check ASKS_1 = new Check("sample-A", "v1", Reports.DRIVER);
  private static final Check ASKS_2 = new Check("sample-A", "v2", Reports.DRIVER);

  private final Meters meters = Meters.of("mdev.operator");
  private final AtomicLong nanoTime = new AtomicLong();
  private final NodeMetrics metrics = new NodeMetrics(meters, nanoTime::get);

  private void assertShown(String... series) {
    assertThat(meters.text().lines()).contains(series);
  }

  private static NodeReport report(Reports reports) {
    return reports.report();
  }

  @Test
  void labelsAreCountedByTheRowThatDecided() {
    metrics.labelsChanged(Map.of("a", LabelRow.ACCEPTED, "b", LabelRow.REFUSED));
    metrics.labelsChanged(Map.of("c", LabelRow.REFUSED));
    assertShown(
        "mdev_operator_labels_added_total{reason=\"Accepted\"} 1.0",
        "mdev_operator_labels_removed_total{reason=\"Refused\"} 2.0",
        "mdev_operator_labels_removed_total{reason=\"Rebooted\"} 0.0");
  }

  @Test
  void everyRowThatChangesALabelIsNamed() {
    LabelTable.DESIGN.rows().stream()
        .filter(row -> row.effect() != LabelRow.Effect.KEEP)
        .forEach(row -> assertThat(NodeMetrics.Row.of(row)).isNotEqualTo(NodeMetrics.Row.OTHER));
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      mode = EnumSource.Mode.EXCLUDE,
      // The operator's own, and the announcement, which is no answer.
      names = {"ASKING", "AWAITING_TRIAL", "NOT_ANSWERED", "OUTDATED", "STALE"})
  void everyReasonThatADaemonGivesIsNamed(Reason reason) {
    var answer = report(Reports.of("n").says(A1, reason, Reports.BOOT)).answers().get(A1.digest());
    assertThat(NodeMetrics.Why.of(answer)).isNotEqualTo(NodeMetrics.Why.OTHER);
  }

  @Test
  void aQuestionIsAskedOnceEvenIfItWasATrialBefore() {
    metrics.asked(report(Reports.of("n")), List.of(ASKS_1.asTrial()));
    metrics.asked(report(Reports.of("n").asked(ASKS_1.asTrial())), List.of(ASKS_1, ASKS_2));
    metrics.asked(report(Reports.of("n").asked(ASKS_1).asked(ASKS_2)), List.of(ASKS_2));
    assertShown("mdev_operator_questions_total 2.0", "mdev_operator_questions_withdrawn_total 1.0");
  }

  @Test
  void anAnswerIsCountedWhenItComesAndNotWhatHadBeenSaid() {
    NodeReport before = report(Reports.of("n").refuses(A1, 22));
    NodeReport after = report(Reports.of("n").refuses(A1, 22).answers(A2, Verdict.COMPATIBLE));
    metrics.reported(before, before);
    metrics.reported(before, after);
    assertShown("mdev_operator_answers_total{reason=\"Accepted\",verdict=\"Compatible\"} 1.0");
    assertThat(meters.text()).doesNotContain("Incompatible");
  }

  @Test
  void anAnnouncementIsNoAnswer() {
    metrics.asked(report(Reports.of("n")), List.of(ASKS_1));
    metrics.reported(
        report(Reports.of("n").asked(A1)),
        report(Reports.of("n").asked(A1).says(A1, Reason.ASKING, Reports.BOOT)));
    assertShown("mdev_operator_answer_seconds_count 0");
    assertThat(meters.text()).doesNotContain("Asking");
  }

  @Test
  void theTimeOfAnAnswerIsFromItsQuestionOnAndTakenOnce() {
    NodeReport asked = report(Reports.of("n").asked(A1));
    metrics.asked(report(Reports.of("n")), List.of(ASKS_1));
    nanoTime.set(200_000_000);
    NodeReport first = report(Reports.of("n").asked(A1).says(A1, Reason.TRANSIENT, null));
    metrics.reported(asked, first);
    nanoTime.set(900_000_000);
    metrics.reported(first, report(Reports.of("n").asked(A1).answers(A1, Verdict.COMPATIBLE)));
    assertShown("mdev_operator_answer_seconds_count 1", "mdev_operator_answer_seconds_sum 0.2");
  }

  @Test
  void aQuestionThatIsWithdrawnOrWhoseNodeGoesHasNoTime() {
    metrics.asked(report(Reports.of("n")), List.of(ASKS_1));
    metrics.asked(report(Reports.of("n").asked(ASKS_1)), List.of());
    metrics.asked(report(Reports.of("gone")), List.of(ASKS_1));
    metrics.gone("gone");
    for (String node : List.of("n", "gone")) {
      metrics.reported(
          report(Reports.of(node)), report(Reports.of(node).answers(A1, Verdict.COMPATIBLE)));
    }
    assertShown("mdev_operator_answer_seconds_count 0");
  }
}
