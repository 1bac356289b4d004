package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.AnswerOfNode;
import io.mdevmigration.node.check.Outcome;
import io.mdevmigration.node.check.ParentOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusDraftTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final Inventory INVENTORY =
      new Inventory(true, "boot", "6.1", List.of(), List.of(), List.of());
  private static final Condition READY =
      new ConditionBuilder().withType("Ready").withStatus("True").withReason("Ready").build();

  @Test
  void theTimeOfObservationAloneIsNoChange() {
    MdevNodeStateStatus stored = StatusDraft.of(INVENTORY, List.of(), READY, Optional.empty(), NOW);
    MdevNodeStateStatus later =
        StatusDraft.of(
            INVENTORY, List.of(), READY, Optional.of(stored), NOW.plus(Duration.ofHours(1)));
    assertThat(StatusDraft.isChanged(later, Optional.of(stored))).isFalse();
    assertThat(StatusDraft.isChanged(later, Optional.empty())).isTrue();
    Inventory other = new Inventory(false, "boot", "6.1", List.of(), List.of(), List.of());
    assertThat(
            StatusDraft.isChanged(
                StatusDraft.of(other, List.of(), READY, Optional.of(stored), NOW),
                Optional.of(stored)))
        .isTrue();
  }

  @Test
  void conditionsOfOthersStay() {
    Condition foreign = new ConditionBuilder().withType("Foreign").withStatus("True").build();
    MdevNodeStateStatus stored =
        new MdevNodeStateStatus(null, INVENTORY, List.of(), null, List.of(foreign));
    assertThat(StatusDraft.of(INVENTORY, List.of(), READY, Optional.of(stored), NOW).conditions())
        .containsExactly(foreign, READY);
  }

  @Test
  void theObservationIsRefreshedWithinSixHours() {
    MdevNodeStateStatus stored = StatusDraft.of(INVENTORY, List.of(), READY, Optional.empty(), NOW);
    assertThat(StatusDraft.refreshDue(Optional.of(stored), 0, NOW))
        .isEqualTo(NOW.plus(Duration.ofHours(6)));
    assertThat(StatusDraft.refreshDue(Optional.of(stored), 0.999, NOW))
        .isBetween(NOW.plus(Duration.ofMinutes(324)), NOW.plus(Duration.ofMinutes(325)));
    assertThat(StatusDraft.refreshDue(Optional.empty(), 0, NOW)).isBefore(NOW);
    assertThat(StatusDraft.refreshDue(Optional.of(stored), 0, NOW.minus(Duration.ofDays(9))))
        .as("observed by a clock that was ahead")
        .isBefore(NOW.minus(Duration.ofDays(9)));
  }

  @Test
  void checksAndAnswersTakeSixtyFourKilobytesAtMost() throws Exception {
    Outcome refused = Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, 22);
    Outcome accepted = Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED);
    Outcome busy = Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE);
    assertThat(size("accepted, 128 bytes", 128, List.of(accepted))).isLessThanOrEqualTo(65_536);
    assertThat(size("refused, 64 bytes", 64, List.of(refused))).isLessThanOrEqualTo(65_536);
    assertThat(size("refused, 128 bytes", 128, List.of(refused))).isLessThanOrEqualTo(65_536);
    assertThat(size("unknown after refused, 64 bytes", 64, List.of(refused, busy)))
        .isLessThanOrEqualTo(65_536);
  }

  @Test
  void aFewRefusalsNameEightParentsEach() {
    List<Answer> answers =
        answers(16, 64, List.of(Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, 22)));
    assertThat(StatusDraft.of(INVENTORY, answers, READY, Optional.empty(), NOW).answers())
        .allSatisfy(answer -> assertThat(answer.refusedBy()).hasSize(8));
  }

  /** 128 checks of a type with a driver identity each, answered by 256 parents. */
  private static int size(String what, int length, List<Outcome> inTurn) throws Exception {
    List<Check> checks = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      checks.add(new Check(type(i), version(i, length), "0123456789abcdef0123"));
    }
    MdevNodeStateStatus status =
        StatusDraft.of(INVENTORY, answers(128, length, inTurn), READY, Optional.empty(), NOW);
    ObjectMapper json = new ObjectMapper();
    int size =
        json.writeValueAsBytes(checks).length + json.writeValueAsBytes(status.answers()).length;
    System.out.printf("128 checks and answers, %s: %d bytes%n", what, size);
    return size;
  }

  private static List<Answer> answers(int count, int length, List<Outcome> inTurn) {
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Optional<Answer> stored = Optional.empty();
      for (Outcome outcome : inTurn) {
        List<ParentOutcome> outcomes = new ArrayList<>();
        for (int p = 0; p < 8; p++) {
          outcomes.add(new ParentOutcome("0000:41:00.%d".formatted(p), outcome, Optional.of(NOW)));
        }
        stored =
            Optional.of(
                new AnswerOfNode(
                        new MdevClass(type(i), version(i, length)),
                        Optional.of("0123456789abcdef0123"),
                        Optional.of("01234567"),
                        stored,
                        NOW)
                    .of(outcomes));
      }
      answers.add(stored.orElseThrow());
    }
    return answers;
  }

  private static String type(int i) {
    return i < 64 ? "nvidia-699" : "i915-GVTg_V5_4";
  }

  private static String version(int i, int length) {
    return "x".repeat(length - 3) + (100 + i);
  }
}
