package io.mdevmigration.operator.census;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.crds.Trial;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.census.Census.Doubt;
import io.mdevmigration.operator.census.Census.TrialState;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.operator.source.Compatibilities;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CensusTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");

  private final Fleet fleet = new Fleet();
  private final Compatibilities compatibilities = new Compatibilities(fleet);

  private void node(Reports reports, MdevClass... labels) {
    fleet.put(reports.report());
    node(reports.report().name(), labels);
  }

  private void node(String name, MdevClass... labels) {
    Map<String, String> carried = new java.util.HashMap<>();
    for (MdevClass each : labels) {
      carried.put(each.labelKey(), "true");
    }
    fleet.put(Reports.node(name, carried));
  }

  private void asked(Trial trial, List<Suspicion> suspected) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(
        new ObjectMetaBuilder().withName("all").withUid("u").withGeneration(1L).build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            "sample-A", new Source(null, new LabelSelector(), null), null, true, List.of()));
    var source =
        new SourceStatus(A1.digest(), "v1", 0, A1.labelKey(), 0, 0, 0, 0, trial, suspected);
    object.setStatus(
        new MigrationCompatibilityStatus(1L, List.of(), 1, List.of(source), 0, 0, 0, 0, List.of()));
    compatibilities.put(object);
  }

  private Census census() {
    return Census.of(fleet, compatibilities, LabelTable.DESIGN, NOW);
  }

  @Test
  void nodesAreCountedByWhatTheirDaemonsSay() {
    node(Reports.of("fine"));
    node(Reports.of("stale").observed(NOW.minus(Duration.ofHours(14))));
    node(Reports.of("incomplete").incomplete().notReady());
    node(Reports.of("new").observed(null).incomplete().notReady());
    node("without");
    node("labelled", A1);
    Census census = census();
    assertThat(census.of(Figure.NODES)).isEqualTo(6);
    assertThat(census.of(Figure.WITH_STATE)).isEqualTo(4);
    assertThat(census.of(Figure.STALE)).isEqualTo(1);
    assertThat(census.of(Figure.INCOMPLETE)).isEqualTo(1);
    assertThat(census.of(Figure.NOT_READY)).isEqualTo(1);
    assertThat(census.of(Figure.LABELLED_WITHOUT_STATE)).isEqualTo(1);
  }

  @Test
  void aQuestionIsOpenUntilItIsAnsweredAndAnAnnouncementIsNoAnswer() {
    node(
        Reports.of("n")
            .asked(A1)
            .asked(A2)
            .answers(A1, Verdict.COMPATIBLE)
            .says(A2, Reason.ASKING, Reports.BOOT));
    node(Reports.of("m").asked(A1));
    assertThat(census().of(Figure.OPEN_QUESTIONS)).isEqualTo(2);
  }

  @Test
  void aLabelThatOnlyDoubtKeepsIsInDoubt() {
    node(Reports.of("sure").publishes(A1).answers(A1, Verdict.COMPATIBLE), A1);
    node(
        Reports.of("silent")
            .observed(NOW.minus(Duration.ofHours(14)))
            .publishes(A1)
            .answers(A1, Verdict.COMPATIBLE),
        A1);
    node(Reports.of("other").ownedBy("uid-of-a-former").publishes(A1), A1);
    asked(null, List.of());
    Census census = census();
    assertThat(census.of(Figure.LABELS)).isEqualTo(3);
    assertThat(census.of(Doubt.DOUBT)).isEqualTo(1);
    assertThat(census.of(Doubt.OTHER_NODE)).isEqualTo(1);
  }

  @Test
  void classesAndTheirTrialsAreCounted() {
    node(Reports.of("one").publishes(A1));
    node(Reports.of("two").publishes(A2));
    asked(
        new Trial(Reports.DRIVER, "one", Reports.BOOT, NOW.toString(), null),
        List.of(new Suspicion("dddddddddddddddddddd", "n", NOW.toString(), null)));
    Census census = census();
    assertThat(census.of(Figure.COMPATIBILITIES)).isEqualTo(1);
    assertThat(census.of(Figure.CLASSES)).isEqualTo(2);
    assertThat(census.of(TrialState.RUNNING)).isEqualTo(1);
    assertThat(census.of(TrialState.SUSPECTED)).isEqualTo(1);
  }
}
