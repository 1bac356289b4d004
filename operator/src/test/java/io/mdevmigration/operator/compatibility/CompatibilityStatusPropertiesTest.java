package io.mdevmigration.operator.compatibility;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.source.Resolution;
import io.mdevmigration.operator.source.SourceClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class CompatibilityStatusPropertiesTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final Resolution SOURCES =
      new Resolution(List.of(new SourceClass(A1, 1)), Optional.empty());

  @Property(tries = 200)
  void nothingIsWrittenWhileNothingChanges(@ForAll @Size(max = 12) List<Verdict> verdicts) {
    var first = render(Optional.empty(), targets(verdicts), NOW);
    assertThat(render(Optional.of(first), targets(verdicts), NOW.plusSeconds(3600)))
        .isEqualTo(first);
  }

  @Property(tries = 200)
  void theOrderInWhichNodesComeChangesNothing(@ForAll @Size(max = 12) List<Verdict> verdicts) {
    List<TargetNode> targets = targets(verdicts);
    var first = render(Optional.empty(), targets, NOW);
    Collections.reverse(targets);
    assertThat(render(Optional.of(first), targets, NOW.plusSeconds(1))).isEqualTo(first);
  }

  @Property(tries = 200)
  void aTransitionTimeMovesWithItsStatusAlone(
      @ForAll @Size(max = 6) List<Verdict> before, @ForAll @Size(max = 6) List<Verdict> after) {
    var first = render(Optional.empty(), targets(before), NOW);
    Instant later = NOW.plusSeconds(60);
    var second = render(Optional.of(first), targets(after), later);
    for (Condition condition : second.conditions()) {
      Condition former =
          first.conditions().stream()
              .filter(c -> c.getType().equals(condition.getType()))
              .findFirst()
              .orElseThrow();
      boolean moved = !former.getStatus().equals(condition.getStatus());
      assertThat(condition.getLastTransitionTime()).isEqualTo((moved ? later : NOW).toString());
    }
  }

  @Property(tries = 200)
  void readyIsTheOthersTogetherAndSaysWhatTheFirstThatFailsSays(
      @ForAll @Size(max = 6) List<Verdict> verdicts, @ForAll boolean resolved) {
    Resolution resolution =
        resolved
            ? SOURCES
            : new Resolution(
                SOURCES.classes(), Optional.of(new Resolution.Trouble("Trouble", "do this")));
    var conditions =
        CompatibilityStatus.render(
                7, Optional.empty(), resolution, Map.of(), standings(targets(verdicts), NOW), NOW)
            .conditions();
    assertThat(conditions)
        .extracting(Condition::getType)
        .containsExactly("Ready", "SourceResolved", "Evaluated");
    assertThat(conditions).extracting(Condition::getObservedGeneration).containsOnly(7L);
    var failing =
        conditions.stream().skip(1).filter(c -> c.getStatus().equals("False")).findFirst();
    Condition ready = conditions.get(0);
    assertThat(ready.getStatus()).isEqualTo(failing.isPresent() ? "False" : "True");
    failing.ifPresent(
        blamed -> {
          assertThat(ready.getReason()).isEqualTo(blamed.getReason());
          assertThat(ready.getMessage()).isEqualTo(blamed.getMessage());
        });
    assertThat(conditions)
        .allSatisfy(
            c -> {
              assertThat(c.getReason()).matches("[A-Z][A-Za-z]{0,63}");
              assertThat(c.getMessage()).isNotBlank();
            });
  }

  private static MigrationCompatibilityStatus render(
      Optional<MigrationCompatibilityStatus> before, List<TargetNode> targets, Instant now) {
    return CompatibilityStatus.render(7, before, SOURCES, Map.of(), standings(targets, now), now);
  }

  private static Standings standings(List<TargetNode> targets, Instant now) {
    return new KnownStandings()
        .look(SOURCES.mdevClasses(), (report, mdevClass) -> Optional.empty(), targets, now);
  }

  private static List<TargetNode> targets(List<Verdict> verdicts) {
    List<TargetNode> targets = new ArrayList<>();
    for (int i = 0; i < verdicts.size(); i++) {
      String name = "n" + i;
      targets.add(
          new TargetNode(
              node(name),
              Reports.of(name).offers(A1.type()).answers(A1, verdicts.get(i)).report()));
    }
    return targets;
  }
}
