package io.mdevmigration.operator.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.trial.Permission;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WantedChecksTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");

  private static WantedChecks decide(
      NodeReport report, Collection<MdevClass> wanted, Set<String> unwanted) {
    return WantedChecks.decide(report, wanted, mdevClass -> Permission.ASK, unwanted);
  }

  private static WantedChecks decide(NodeReport report, Permission permission) {
    return WantedChecks.decide(report, List.of(A1), mdevClass -> permission, Set.of());
  }

  private static List<MdevClass> classes(WantedChecks decided) {
    return decided.checks().stream().map(Check::mdevClass).toList();
  }

  @Test
  void whatIsMissingIsAddedBehindWhatIsThere() {
    var report = Reports.of("a").offers("sample-A").asked(A2).report();
    assertThat(classes(decide(report, List.of(A1, A2), Set.of()))).containsExactly(A2, A1);
  }

  @Test
  void nothingChangesWhenAllIsThere() {
    var report = Reports.of("a").offers("sample-A").asked(A2).asked(A1).report();
    assertThat(decide(report, List.of(A1, A2), Set.of()).checks()).isEqualTo(report.checks());
  }

  @Test
  void whatOnlySeemsUnwantedStays() {
    var report = Reports.of("a").offers("sample-A").asked(A1).report();
    assertThat(classes(decide(report, List.of(), Set.of()))).containsExactly(A1);
  }

  @Test
  void whatIsCertainlyUnwantedGoes() {
    var report = Reports.of("a").offers("sample-A").asked(A1).report();
    assertThat(decide(report, List.of(), Set.of(A1.labelKey())).checks()).isEmpty();
  }

  @Test
  void aTypeThatTheNodeCertainlyLacksIsNotAskedAbout() {
    assertThat(decide(Reports.of("a").report(), List.of(A1), Set.of()).checks()).isEmpty();
    assertThat(decide(Reports.of("a").incomplete().report(), List.of(A1), Set.of()).checks())
        .isEmpty();
  }

  @Test
  void aTrialThatWentWellBecomesACheckOfItsDriver() {
    var report = Reports.of("a").tries(A1).report();
    assertThat(decide(report, Permission.PROVEN).checks())
        .containsExactly(new Check("sample-A", "v1", Reports.DRIVER));
    assertThat(decide(Reports.of("a").report(), Permission.PROVEN).checks()).isEmpty();
  }

  @Test
  void aCheckNamesTheDriverThatItIsAbout() {
    var report = Reports.of("a").offers("sample-A").report();
    assertThat(decide(report, Permission.ASK).checks())
        .containsExactly(new Check("sample-A", "v1", Reports.DRIVER));
  }

  @Test
  void whatIsAskedOfAnotherDriverStaysSoUntilThisDriverMayBeAsked() {
    var report = Reports.of("a").driver("dddddddddddddddddddd").offers("sample-A");
    var before = new Check("sample-A", "v1", Reports.DRIVER);
    var asked = report.asked(before).report();
    assertThat(decide(asked, Permission.WAIT).checks()).containsExactly(before);
    assertThat(decide(asked, Permission.TRY).checks())
        .containsExactly(new Check("sample-A", "v1", "dddddddddddddddddddd").asTrial());
    assertThat(decide(asked, Permission.ASK).checks())
        .containsExactly(new Check("sample-A", "v1", "dddddddddddddddddddd"));
  }

  @Test
  void aTrialIsMarkedAndEndsAsAnOrdinaryCheckOrGoes() {
    var offers = Reports.of("a").offers("sample-A");
    var trial = new Check("sample-A", "v1", Reports.DRIVER).asTrial();
    assertThat(decide(offers.report(), Permission.WAIT).checks()).isEmpty();
    assertThat(decide(offers.report(), Permission.HOLD).checks()).isEmpty();
    assertThat(decide(offers.report(), Permission.TRY).checks()).containsExactly(trial);
    var trying = offers.asked(trial).report();
    assertThat(decide(trying, Permission.TRY).checks()).isEqualTo(trying.checks());
    assertThat(decide(trying, Permission.HOLD).checks()).isEqualTo(trying.checks());
    assertThat(decide(trying, Permission.WAIT).checks()).isEmpty();
    assertThat(decide(trying, Permission.ASK).checks())
        .containsExactly(new Check("sample-A", "v1", Reports.DRIVER));
  }

  @Test
  void strings16KiBTogetherAreTheLimit() {
    var big =
        IntStream.range(0, 6)
            .mapToObj(i -> new MdevClass("sample-A", (char) ('a' + i) + "x".repeat(4094)))
            .toList();
    var decided = decide(Reports.of("a").offers("sample-A").report(), big, Set.of());
    assertThat(decided.checks()).hasSize(4);
    assertThat(decided.leftOut()).hasSize(2);
  }

  @Test
  void whatIsThereCountsTowardsTheLimitOfBytes() {
    Reports reports = Reports.of("a").offers("sample-A");
    for (int i = 0; i < 4; i++) {
      reports.asked(new MdevClass("sample-A", (char) ('a' + i) + "x".repeat(4094)));
    }
    var decided = decide(reports.report(), List.of(A1, A2), Set.of());
    assertThat(classes(decided)).hasSize(6);
    var full =
        decide(reports.report(), List.of(new MdevClass("sample-A", "z".repeat(5))), Set.of());
    assertThat(full.checks()).hasSize(4);
    assertThat(full.leftOut()).hasSize(1);
  }

  @Property
  void theLimitsHoldAndNothingWantedIsDropped(
      @ForAll @Size(max = 128) Set<@IntRange(max = 300) Integer> present,
      @ForAll @Size(max = 200) Set<@IntRange(max = 300) Integer> wanted) {
    Reports reports = Reports.of("a").offers("sample-A");
    present.forEach(i -> reports.asked(new MdevClass("sample-A", "v" + i)));
    var wantedClasses =
        wanted.stream().map(i -> new MdevClass("sample-A", "v" + i)).collect(Collectors.toSet());
    var report = reports.report();
    var decided = decide(report, wantedClasses, Set.of());
    assertThat(decided.checks()).hasSizeLessThanOrEqualTo(Api.CHECKS_MAX);
    assertThat(decided.checks()).containsAll(report.checks());
    Set<MdevClass> accounted = new HashSet<>(classes(decided));
    accounted.addAll(decided.leftOut());
    assertThat(accounted).containsAll(wantedClasses);
    assertThat(classes(decided)).doesNotHaveDuplicates();
  }
}
