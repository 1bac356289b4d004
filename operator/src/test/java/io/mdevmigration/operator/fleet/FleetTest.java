package io.mdevmigration.operator.fleet;

import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.Fleet.NodeChange;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FleetTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");
  private static final MdevClass B1 = new MdevClass("sample-B", "v1");

  private final Fleet fleet = new Fleet();

  @Test
  void anIndexKnowsWhoPublishesWhichTypeAsReportsChange() {
    fleet.put(Reports.of("a").publishes(A1).report());
    fleet.put(Reports.of("b").publishes(A2).publishes(B1).report());
    assertThat(fleet.publishersOf("sample-A"))
        .extracting(NodeReport::name)
        .containsExactlyInAnyOrder("a", "b");
    fleet.put(Reports.of("b").publishes(B1).report());
    assertThat(fleet.publishersOf("sample-A")).extracting(NodeReport::name).containsExactly("a");
    fleet.removeReport("a");
    assertThat(fleet.publishersOf("sample-A")).isEmpty();
    assertThat(fleet.publishersOf("sample-B")).extracting(NodeReport::name).containsExactly("b");
  }

  @Test
  void anAnswerIsNoChangeOfTheSources() {
    fleet.put(Reports.of("a").publishes(A1).report());
    var change = fleet.put(Reports.of("a").publishes(A1).answers(A1, Verdict.COMPATIBLE).report());
    assertThat(change.sources()).isEmpty();
    assertThat(change.types()).containsExactly("sample-A");
  }

  @Test
  void theSameReportAgainIsNoChangeAndALaterConfirmationIsOne() {
    fleet.put(Reports.of("a").publishes(A1).report());
    assertThat(fleet.put(Reports.of("a").publishes(A1).report()).isNothing()).isTrue();
    var later = Reports.of("a").publishes(A1).observed(Reports.NOW.plusSeconds(60)).report();
    assertThat(fleet.put(later).isNothing()).isFalse();
  }

  @Test
  void whatSaysTheSameIsNotKeptTwice() {
    NodeReport report = Reports.of("a").publishes(A1).report();
    fleet.put(report);
    fleet.put(Reports.of("a").publishes(A1).report());
    assertThat(fleet.report("a").orElseThrow()).isSameAs(report);
    NodeFacts facts = node("a", Map.of("zone", "1"));
    fleet.put(facts);
    fleet.put(node("a", Map.of("zone", "1")));
    assertThat(fleet.node("a").orElseThrow()).isSameAs(facts);
  }

  @Test
  void anOlderReportComesFromABackupUntilItsDaemonHasWrittenAnew() {
    Instant earlier = Reports.NOW.minusSeconds(60);
    fleet.put(Reports.of("a").answers(A1, Verdict.INCOMPATIBLE).report());
    fleet.putOlder(Reports.of("a").observed(earlier).answers(A1, Verdict.COMPATIBLE).report());
    assertThat(fleet.report("a").orElseThrow().restored()).isTrue();
    // The same in a list, and with checks that the operator has put meanwhile.
    var again = Reports.of("a").observed(earlier).answers(A1, Verdict.COMPATIBLE);
    assertThat(fleet.put(again.report()).isNothing()).isTrue();
    fleet.put(again.asked(A1).report());
    assertThat(fleet.report("a").orElseThrow().restored()).isTrue();
    fleet.put(Reports.of("a").asked(A1).observed(Reports.NOW.plusSeconds(1)).report());
    assertThat(fleet.report("a").orElseThrow().restored()).isFalse();
  }

  @Test
  void anOlderReportThatSaysWhatTheDaemonWroteLastIsAsGoodAsThat() {
    fleet.put(Reports.of("a").asked(A1).answers(A1, Verdict.COMPATIBLE).report());
    fleet.putOlder(Reports.of("a").answers(A1, Verdict.COMPATIBLE).report());
    assertThat(fleet.report("a").orElseThrow().restored()).isFalse();
  }

  @Test
  void aReportThatComesGoesOrIsOfAnotherBootConcernsEveryType() {
    assertThat(fleet.put(Reports.of("a").report()).whole()).isTrue();
    assertThat(fleet.put(Reports.of("a").observed(null).report()).whole()).isFalse();
    assertThat(fleet.put(Reports.of("a").boot("boot-2").report()).whole()).isTrue();
    assertThat(fleet.put(Reports.of("a").boot("boot-2").incomplete().report()).whole()).isTrue();
    assertThat(fleet.removeReport("a").whole()).isTrue();
  }

  @Test
  void aNewVersionIsAChangeOfTheSourcesOfItsTypeAlone() {
    fleet.put(Reports.of("a").publishes(A1).publishes(B1).report());
    var change = fleet.put(Reports.of("a").publishes(A2).publishes(B1).report());
    assertThat(change.sources()).containsExactly("sample-A");
  }

  @Test
  void ownLabelsConcernTheNodeAloneAndForeignOnesTheSelectors() {
    assertThat(fleet.put(node("a"))).isEqualTo(NodeChange.SELECTION);
    assertThat(fleet.put(node("a"))).isEqualTo(NodeChange.NOTHING);
    assertThat(fleet.put(node("a", Map.of(A1.labelKey(), "true"))))
        .isEqualTo(NodeChange.OWN_LABELS);
    assertThat(fleet.put(node("a", Map.of("gpu", "t4")))).isEqualTo(NodeChange.SELECTION);
    assertThat(fleet.put(new NodeFacts("a", "uid-a", Optional.of("boot-2"), Map.of("gpu", "t4"))))
        .isEqualTo(NodeChange.SELECTION);
  }

  @Test
  void aLabelledNodeWithoutAReportIsNoticed() {
    fleet.put(node("a", Map.of("gpu", "t4")));
    assertThat(fleet.hasLabelledNodeWithoutReport()).isFalse();
    fleet.put(node("b", Map.of(A1.labelKey(), "true")));
    assertThat(fleet.hasLabelledNodeWithoutReport()).isTrue();
    fleet.put(Reports.of("b").incomplete().report());
    assertThat(fleet.hasLabelledNodeWithoutReport()).isTrue();
    fleet.put(Reports.of("b").report());
    assertThat(fleet.hasLabelledNodeWithoutReport()).isFalse();
  }
}
