package io.mdevmigration.operator.label;

import static io.mdevmigration.operator.fleet.Reports.BOOT;
import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.OTHER_REVISION;
import static io.mdevmigration.operator.fleet.Reports.REVISION;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Row by row: each row's own condition, and that the rows above it win. */
class LabelTableTest {
  private static final MdevClass CLASS = new MdevClass("sample-A", "v1");
  private static final String KEY = CLASS.labelKey();
  private static final NodeFacts PLAIN = node("a");
  private static final NodeFacts LABELLED = node("a", Map.of(KEY, "true", "gpu", "t4"));
  private static final Map<String, MdevClass> WANTED = Map.of(KEY, CLASS);

  private static Reports accepting() {
    return Reports.of("a").offers(CLASS.type()).answers(CLASS, Verdict.COMPATIBLE);
  }

  private static LabelRow row(Reports report) {
    return row(LABELLED, Optional.of(report.report()), WANTED, Set.of());
  }

  private static LabelRow row(
      NodeFacts node,
      Optional<NodeReport> report,
      Map<String, MdevClass> wanted,
      Set<String> unwanted) {
    return LabelTable.decide(node, report, wanted, unwanted, NOW).get(KEY);
  }

  private static Map<String, LabelRow> changes(NodeFacts node, Reports report) {
    return LabelTable.changes(
        node, LabelTable.decide(node, Optional.of(report.report()), WANTED, Set.of(), NOW));
  }

  private static DefiniteVerdict last(Verdict verdict, String revision) {
    return new DefiniteVerdict(verdict, revision, NOW.toString());
  }

  @Test
  void aFormerNodesStateNeitherAddsNorRemoves() {
    var refusing =
        Reports.of("a")
            .ownedBy("uid-former")
            .offers(CLASS.type())
            .answers(CLASS, Verdict.INCOMPATIBLE);
    assertThat(row(refusing)).isEqualTo(LabelRow.OTHER_NODE);
    assertThat(row(accepting().ownedBy("uid-former"))).isEqualTo(LabelRow.OTHER_NODE);
    assertThat(changes(LABELLED, refusing)).isEmpty();
    assertThat(changes(PLAIN, accepting().ownedBy("uid-former"))).isEmpty();
  }

  @Test
  void aNodeThatHasBootedSinceLosesTheLabel() {
    assertThat(row(accepting().boot("boot-0"))).isEqualTo(LabelRow.REBOOTED);
    assertThat(changes(LABELLED, accepting().boot("boot-0"))).containsKey(KEY);
  }

  @Test
  void aFormerNodesStateKeepsTheLabelEvenIfItIsOfAnotherBootOrUnwanted() {
    var former = accepting().ownedBy("uid-former").boot("boot-0").report();
    assertThat(row(LABELLED, Optional.of(former), WANTED, Set.of())).isEqualTo(LabelRow.OTHER_NODE);
    assertThat(row(LABELLED, Optional.of(former), Map.of(), Set.of(KEY)))
        .isEqualTo(LabelRow.OTHER_NODE);
  }

  @Test
  void anUnknownBootIdIsDoubtAndNoReboot() {
    assertThat(row(accepting().boot(null))).isEqualTo(LabelRow.ACCEPTED);
    var unknown = new NodeFacts("a", "uid-a", Optional.empty(), LABELLED.labels());
    assertThat(row(unknown, Optional.of(accepting().report()), WANTED, Set.of()))
        .isEqualTo(LabelRow.ACCEPTED);
  }

  @Test
  void whatIsCertainlyUnwantedGoesEvenWithoutAReport() {
    assertThat(row(LABELLED, Optional.empty(), Map.of(), Set.of(KEY)))
        .isEqualTo(LabelRow.NOT_WANTED);
    assertThat(row(LABELLED, Optional.of(accepting().report()), Map.of(), Set.of(KEY)))
        .isEqualTo(LabelRow.NOT_WANTED);
  }

  @Test
  void whatOnlySeemsUnwantedStaysAndIsNotAdded() {
    assertThat(row(LABELLED, Optional.of(accepting().report()), Map.of(), Set.of()))
        .isEqualTo(LabelRow.DOUBT);
  }

  @Test
  void whatSeemsUnwantedStillGoesWhenTheDriverRefuses() {
    var refusing = Reports.of("a").offers(CLASS.type()).answers(CLASS, Verdict.INCOMPATIBLE);
    assertThat(row(LABELLED, Optional.of(refusing.report()), Map.of(), Set.of()))
        .isEqualTo(LabelRow.REFUSED);
  }

  @Test
  void aTypeThatACompleteInventoryLacksLosesTheLabel() {
    assertThat(row(Reports.of("a").answers(CLASS, Verdict.COMPATIBLE)))
        .isEqualTo(LabelRow.TYPE_NOT_OFFERED);
    assertThat(row(Reports.of("a").incomplete().answers(CLASS, Verdict.COMPATIBLE)))
        .isEqualTo(LabelRow.DOUBT);
  }

  @Test
  void anAnswerUnderAnotherRevisionLosesTheLabel() {
    assertThat(
            row(
                Reports.of("a")
                    .offers(CLASS.type(), OTHER_REVISION)
                    .answers(CLASS, Verdict.COMPATIBLE)))
        .isEqualTo(LabelRow.OUTDATED);
    assertThat(
            row(
                Reports.of("a")
                    .offers(CLASS.type(), OTHER_REVISION)
                    .unknown(CLASS, last(Verdict.COMPATIBLE, REVISION))))
        .isEqualTo(LabelRow.OUTDATED);
  }

  @Test
  void aTypeWithoutARevisionIsDoubt() {
    assertThat(
            row(
                Reports.of("a")
                    .incomplete()
                    .offers(CLASS.type(), null)
                    .answers(CLASS, Verdict.COMPATIBLE)))
        .isEqualTo(LabelRow.DOUBT);
    assertThat(row(Reports.of("a").offers(CLASS.type(), null).answers(CLASS, Verdict.COMPATIBLE)))
        .isEqualTo(LabelRow.DOUBT);
  }

  @Test
  void aDriverThatDoesNotAcceptLosesTheLabel() {
    for (Verdict verdict : new Verdict[] {Verdict.INCOMPATIBLE, Verdict.UNSUPPORTED}) {
      assertThat(row(Reports.of("a").offers(CLASS.type()).answers(CLASS, verdict)))
          .isEqualTo(LabelRow.REFUSED);
      assertThat(row(Reports.of("a").offers(CLASS.type()).unknown(CLASS, last(verdict, REVISION))))
          .isEqualTo(LabelRow.REFUSED);
    }
  }

  @Test
  void onlyAFreshAcceptedAnswerOfACompleteInventoryEarnsALabel() {
    assertThat(row(accepting())).isEqualTo(LabelRow.ACCEPTED);
    assertThat(changes(PLAIN, accepting())).containsEntry(KEY, LabelRow.ACCEPTED);
    assertThat(row(accepting().incomplete())).isEqualTo(LabelRow.DOUBT);
    assertThat(row(accepting().observed(NOW.minus(Duration.ofHours(13)))))
        .isEqualTo(LabelRow.ACCEPTED);
    assertThat(row(accepting().observed(NOW.minus(Duration.ofHours(13)).minusSeconds(1))))
        .isEqualTo(LabelRow.DOUBT);
    assertThat(row(accepting().observed(null))).isEqualTo(LabelRow.DOUBT);
  }

  @Test
  void anAcceptanceThatWasOnlyTheLastDefiniteOneKeepsButDoesNotAdd() {
    var remembered =
        Reports.of("a").offers(CLASS.type()).unknown(CLASS, last(Verdict.COMPATIBLE, REVISION));
    assertThat(row(remembered)).isEqualTo(LabelRow.DOUBT);
    assertThat(changes(PLAIN, remembered)).isEmpty();
    assertThat(changes(LABELLED, remembered)).isEmpty();
  }

  @Test
  void nothingStoredIsDoubt() {
    assertThat(row(LABELLED, Optional.empty(), WANTED, Set.of())).isEqualTo(LabelRow.DOUBT);
    assertThat(row(Reports.of("a").offers(CLASS.type()))).isEqualTo(LabelRow.DOUBT);
  }

  @Test
  void aLabelWhoseValueWasChangedByHandComesBack() {
    assertThat(changes(node("a", Map.of(KEY, "false")), accepting()))
        .containsEntry(KEY, LabelRow.ACCEPTED);
  }

  @Test
  void foreignLabelsAreNeverDecidedAbout() {
    assertThat(LabelTable.decide(LABELLED, Optional.empty(), Map.of(), Set.of(), NOW))
        .containsOnlyKeys(KEY);
  }

  @Property
  void nothingButAnAcceptedAnswerEverAddsALabel(
      @ForAll Verdict verdict,
      @ForAll boolean sameRevision,
      @ForAll boolean complete,
      @ForAll boolean offered,
      @ForAll boolean wanted,
      @ForAll boolean unwanted,
      @ForAll boolean sameBoot,
      @ForAll boolean sameOwner) {
    Reports reports = Reports.of("a").boot(sameBoot ? BOOT : "boot-0");
    reports = sameOwner ? reports : reports.ownedBy("uid-former");
    reports = complete ? reports : reports.incomplete();
    reports = offered ? reports.offers(CLASS.type()) : reports;
    reports = reports.answers(CLASS, verdict, sameRevision ? REVISION : OTHER_REVISION);
    LabelRow row =
        row(
            LABELLED,
            Optional.of(reports.report()),
            wanted ? WANTED : Map.of(),
            unwanted ? Set.of(KEY) : Set.of());
    boolean mayAdd =
        verdict == Verdict.COMPATIBLE
            && sameRevision
            && complete
            && offered
            && wanted
            && sameBoot
            && sameOwner;
    assertThat(row.effect() == LabelRow.Effect.ADD).isEqualTo(mayAdd);
  }
}
