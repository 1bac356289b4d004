package io.mdevmigration.operator.compatibility;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.OTHER_REVISION;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.crds.VerdictCount;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.source.Recorded;
import io.mdevmigration.operator.source.Resolution;
import io.mdevmigration.operator.source.SourceClass;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CompatibilityStatusTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");

  private static Resolution sources(MdevClass... classes) {
    return new Resolution(
        List.of(classes).stream().map(c -> new SourceClass(c, 1)).toList(), Optional.empty());
  }

  private static TargetNode target(Reports report, String name) {
    return new TargetNode(node(name), report.report());
  }

  private static TargetNode target(String name, Verdict first, Verdict second) {
    return target(Reports.of(name).offers("sample-A").answers(A1, first).answers(A2, second), name);
  }

  private static MigrationCompatibilityStatus render(
      Resolution resolution, List<TargetNode> targets) {
    return render(4, Optional.empty(), resolution, Map.of(), targets, NOW);
  }

  private static MigrationCompatibilityStatus render(
      long generation,
      Optional<MigrationCompatibilityStatus> before,
      Resolution resolution,
      Map<String, Recorded> recorded,
      List<TargetNode> targets,
      Instant now) {
    return CompatibilityStatus.render(
        generation,
        before,
        resolution,
        recorded,
        new KnownStandings()
            .look(resolution.mdevClasses(), (report, mdevClass) -> Optional.empty(), targets, now),
        now);
  }

  private static Condition condition(MigrationCompatibilityStatus status, String type) {
    return status.conditions().stream()
        .filter(c -> c.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aTargetCountsByTheWorstOfItsAnswers() {
    var status =
        render(
            sources(A1, A2),
            List.of(
                target("a", Verdict.COMPATIBLE, Verdict.COMPATIBLE),
                target("b", Verdict.COMPATIBLE, Verdict.INCOMPATIBLE),
                target("c", Verdict.UNSUPPORTED, Verdict.UNKNOWN),
                target("d", Verdict.UNKNOWN, Verdict.COMPATIBLE)));
    assertThat(status.compatible()).isEqualTo(1);
    assertThat(status.incompatible()).isEqualTo(1);
    assertThat(status.unsupported()).isEqualTo(1);
    assertThat(status.unknown()).isEqualTo(1);
    var first = status.sources().stream().filter(s -> s.digest().equals(A1.digest())).findFirst();
    assertThat(first.orElseThrow().compatible()).isEqualTo(2);
    assertThat(first.orElseThrow().label()).isEqualTo(A1.labelKey());
    assertThat(condition(status, "Ready").getStatus()).isEqualTo("False");
    assertThat(condition(status, "Evaluated").getMessage()).contains("2 of 4").contains("c, d");
  }

  @Test
  void verdictsNameReasonAndErrno() {
    var status = render(sources(A1), List.of(target("b", Verdict.INCOMPATIBLE, Verdict.UNKNOWN)));
    assertThat(status.verdicts()).hasSize(1);
    assertThat(status.verdicts().get(0).errnoName()).isEqualTo("EINVAL");
    assertThat(status.verdicts().get(0).nodes()).containsExactly("b");
    assertThat(condition(status, "Ready").getStatus()).isEqualTo("True");
  }

  @Test
  void aTargetThatRefusesOneSourceAndIsSilentAboutAnotherHasNotAnswered() {
    var status =
        render(sources(A1, A2), List.of(target("b", Verdict.INCOMPATIBLE, Verdict.UNKNOWN)));
    assertThat(status.incompatible()).isEqualTo(1);
    assertThat(condition(status, "Evaluated").getStatus()).isEqualTo("False");
  }

  @Test
  void aNodeThatWasReplacedOrHasBootedOrIsStaleHasNotAnswered() {
    for (Reports reports :
        List.of(
            Reports.of("a").ownedBy("uid-former"),
            Reports.of("a").boot("boot-0"),
            Reports.of("a").observed(NOW.minus(Duration.ofHours(13)).minusSeconds(1)))) {
      var target = target(reports.offers("sample-A").answers(A1, Verdict.COMPATIBLE), "a");
      assertThat(render(sources(A1), List.of(target)).unknown()).isEqualTo(1);
    }
  }

  @Test
  void trialsAndSuspicionsAreCarriedOn() {
    var targets = List.of(target("a", Verdict.COMPATIBLE, Verdict.COMPATIBLE));
    var status = render(sources(A1), targets);
    SourceStatus source = status.sources().get(0);
    var suspicion = new Suspicion("cccccccccccccccc", "n", NOW.toString(), null);
    var before =
        new MigrationCompatibilityStatus(
            4L,
            status.conditions(),
            1,
            List.of(
                new SourceStatus(
                    source.digest(),
                    source.version(),
                    1,
                    source.label(),
                    0,
                    0,
                    0,
                    0,
                    null,
                    List.of(suspicion))),
            0,
            0,
            0,
            0,
            List.of());
    var recorded = Map.of(A1.digest(), Recorded.of(before.sources().get(0)));
    var after = render(4, Optional.of(before), sources(A1), recorded, targets, NOW);
    assertThat(after.sources().get(0).suspected()).containsExactly(suspicion);
  }

  @Test
  void standingsThatDoNotFitAreCountedAsOne() {
    List<MdevClass> classes =
        IntStream.range(0, 64).mapToObj(i -> new MdevClass("sample-A", "v" + i)).toList();
    List<TargetNode> targets =
        IntStream.range(0, 10)
            .mapToObj(
                n -> {
                  Reports reports = Reports.of("n" + n).offers("sample-A");
                  classes.forEach(c -> reports.refuses(c, 100 + n));
                  return target(reports, "n" + n);
                })
            .toList();
    var status = render(sources(classes.toArray(MdevClass[]::new)), targets);
    assertThat(status.verdicts()).hasSize(256);
    for (MdevClass mdevClass : classes) {
      assertThat(status.verdicts())
          .filteredOn(verdict -> verdict.source().equals(mdevClass.digest()))
          .extracting(VerdictCount::count)
          .containsExactly(1, 1, 1, 7);
    }
  }

  @Test
  void anAnswerAboutAnotherStateOfTheDriverIsNoAnswer() {
    var outdated =
        target(
            Reports.of("a").offers("sample-A", OTHER_REVISION).answers(A1, Verdict.COMPATIBLE),
            "a");
    var status = render(sources(A1), List.of(outdated));
    assertThat(status.unknown()).isEqualTo(1);
    assertThat(status.verdicts().get(0).reason()).isEqualTo("Outdated");
  }

  @Test
  void aNodeThatCertainlyLacksTheTypeIsUnsupportedWithoutBeingAsked() {
    var status = render(sources(A1), List.of(target(Reports.of("a"), "a")));
    assertThat(status.unsupported()).isEqualTo(1);
    assertThat(status.verdicts().get(0).reason()).isEqualTo("TypeNotOffered");
  }

  @Test
  void withoutTargetsOrSourcesTheConditionSaysWhatToDo() {
    assertThat(condition(render(sources(A1), List.of()), "Ready").getReason())
        .isEqualTo("NoTargets");
    Resolution none =
        new Resolution(
            List.of(), Optional.of(new Resolution.Trouble("NodeNotFound", "there is no Node x")));
    var status = render(none, List.of(target("a", Verdict.COMPATIBLE, Verdict.COMPATIBLE)));
    assertThat(condition(status, "Ready").getReason()).isEqualTo("NodeNotFound");
    assertThat(status.unknown()).isEqualTo(1);
  }

  @Test
  void aTransitionTimeMovesOnlyOnATransition() {
    var targets = List.of(target("a", Verdict.COMPATIBLE, Verdict.COMPATIBLE));
    var first = render(sources(A1), targets);
    var later = render(5, Optional.of(first), sources(A1), Map.of(), targets, NOW.plusSeconds(60));
    assertThat(condition(later, "Ready").getLastTransitionTime())
        .isEqualTo(condition(first, "Ready").getLastTransitionTime());
    var changed =
        render(5, Optional.of(later), sources(A1), Map.of(), List.of(), NOW.plusSeconds(90));
    assertThat(condition(changed, "Ready").getLastTransitionTime())
        .isEqualTo(NOW.plusSeconds(90).toString());
  }

  @Test
  void theSameFactsGiveTheSameStatusInAnyOrder() {
    List<TargetNode> targets = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      targets.add(
          target(
              "n" + i,
              i % 3 == 0 ? Verdict.UNKNOWN : Verdict.COMPATIBLE,
              i % 2 == 0 ? Verdict.INCOMPATIBLE : Verdict.COMPATIBLE));
    }
    var one = render(sources(A1, A2), targets);
    Collections.reverse(targets);
    assertThat(render(sources(A1, A2), targets)).isEqualTo(one);
  }

  @Test
  void aStatusDoesNotGrowWithTheFleetAndItsCountsAreExact() {
    assertThat(size(10_000)).isLessThan(size(1_000) + 100);
    var status = fleetOf(10_000);
    assertThat(status.incompatible()).isEqualTo(10_000);
    assertThat(status.verdicts().get(0).count()).isEqualTo(10_000);
    assertThat(status.verdicts().get(0).nodes()).hasSize(8);
    assertThat(status.verdicts().get(0).omitted()).isEqualTo(9_992);
  }

  private static int size(int nodes) {
    return Serialization.asJson(fleetOf(nodes)).getBytes(StandardCharsets.UTF_8).length;
  }

  private static MigrationCompatibilityStatus fleetOf(int nodes) {
    return render(
        sources(A1),
        IntStream.range(0, nodes)
            .mapToObj(i -> target("node-" + i, Verdict.INCOMPATIBLE, Verdict.UNKNOWN))
            .toList());
  }
}
