package io.mdevmigration.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.chaos.Schedule.Begin;
import io.mdevmigration.e2e.chaos.Schedule.OperatorKind;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final int SEEDS = 250;
  private static final List<Schedule> SCHEDULES =
      LongStream.range(0, SEEDS).mapToObj(Schedule::of).toList();

  @Test
  void theSameSeedGivesTheSameSchedule() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(Schedule.of(seed).toString()).isEqualTo(Schedule.of(seed).toString());
      assertThat(Schedule.of(seed).toString()).isNotEqualTo(Schedule.of(seed + 1).toString());
    }
  }

  @Test
  void everyScheduleCanBePlayedOnPaperAndLeavesNothingThatHurts() {
    SCHEDULES.forEach(
        schedule -> {
          Model model = schedule.opened();
          assertThat(model.machines()).hasSizeBetween(2, 6);
          Stream.of(schedule.storm(), schedule.calm(), schedule.coda())
              .flatMap(List::stream)
              .forEach(step -> step.action().accept(model));
          assertThat(model.machines().values())
              .as("seed %d", schedule.seed())
              .noneMatch(machine -> machine.driver().isBroken())
              .noneMatch(machine -> machine.driver().has(ModelType.Mood.HANG));
        });
  }

  @Test
  void aStormGoesOnInTheOrderOfItsTimes() {
    assertThat(SCHEDULES)
        .allSatisfy(schedule -> assertThat(schedule.storm()).extracting(Step::at).isSorted());
  }

  @Test
  void everythingHappensInSomeSchedule() {
    String all = String.join("\n", SCHEDULES.stream().map(Schedule::toString).toList());
    assertThat(all)
        .contains(
            "reloads", "silently", "asked again", "cannot read", "loses parent", "gets parent")
        .contains("unloads", "boots, KUBELET_FIRST", "boots, DAEMON_FIRST", "created again")
        .contains("joins", "leaves", "asks", "ask-1 is deleted", "example.com/foreign")
        .contains("someone puts Optional[false]", "nobody-knows", "deletes the MdevNodeState")
        .contains(
            "empties the checks", "=HANG", "=SLOW", "=BUSY", "=PANIC", "READ_ONLY", "NO_MIGRATION")
        .contains("CUT_BEFORE", "CUT_AFTER", "CONFLICT", "TOO_MANY", "SERVER_ERROR", "GONE")
        .contains("ENDLESS_LIST", "half-open", "link BROKEN", "link SILENT", "late=PT1")
        .contains("operator: SIGKILL", "gpu-a: SIGKILL", "operator: restarted")
        .contains("SIGKILL to kube-apiserver", "SIGKILL to etcd")
        .contains(Begin.FRESH.toString(), Begin.SETTLED.toString())
        .contains(OperatorKind.INSIDE.toString(), OperatorKind.PROCESS.toString());
  }

  @Test
  void someLabelsAreExpectedInMostSchedulesAndNeverAll() {
    long labels =
        SCHEDULES.stream()
            .filter(s -> s.opened().expected().values().stream().anyMatch(keys -> !keys.isEmpty()))
            .count();
    long gaps =
        SCHEDULES.stream()
            .filter(s -> s.opened().expected().values().stream().distinct().count() > 1)
            .count();
    assertThat(labels).isGreaterThan(SEEDS / 2);
    assertThat(gaps).isGreaterThan(SEEDS / 3);
  }
}
