package io.mdevmigration.operator.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadyChangeTest {
  private static final Involved FLEET = Involved.compatibility("fleet", "uid");
  private static final List<Condition> NONE = List.of();
  private static final List<Condition> READY =
      List.of(condition("Ready", "True", "AllAnswered", "all 3 target(s) have answered"));
  private static final List<Condition> WAITING =
      List.of(
          condition("Ready", "False", "AnswersMissing", "1 of 3"),
          condition("SourceResolved", "True", "Resolved", "1 version(s)"));
  private static final List<Condition> SOURCELESS =
      List.of(
          condition("Ready", "False", "NodeMissing", "there is no Node nobody"),
          condition("SourceResolved", "False", "NodeMissing", "there is no Node nobody"));

  @Test
  void becomingReadyIsTold() {
    for (var before : List.of(NONE, WAITING, SOURCELESS)) {
      var told = change(before, READY).orElseThrow();
      assertThat(told.type()).isEqualTo(EventType.NORMAL);
      assertThat(told.reason()).isEqualTo(EventReason.READY);
      assertThat(told.message()).isEqualTo("all 3 target(s) have answered");
    }
  }

  @Test
  void notBeingReadyAnyMoreIsAWarningWithTheConditionsReason() {
    var told = change(READY, WAITING).orElseThrow();
    assertThat(told.type()).isEqualTo(EventType.WARNING);
    assertThat(told.reason()).isEqualTo(EventReason.NOT_READY);
    assertThat(told.message()).isEqualTo("AnswersMissing: 1 of 3");
  }

  @Test
  void aNewObjectThatWaitsForAnswersIsNoNewsButOneWhoseSourceGivesNothingIs() {
    assertThat(change(NONE, WAITING)).isEmpty();
    assertThat(change(NONE, SOURCELESS)).isPresent();
  }

  @Test
  void noTransitionIsNoNewsWhateverReasonAndMessage() {
    assertThat(change(READY, READY)).isEmpty();
    assertThat(change(WAITING, SOURCELESS)).isEmpty();
    assertThat(change(SOURCELESS, WAITING)).isEmpty();
    assertThat(change(READY, NONE)).isEmpty();
  }

  @Test
  void aMessageThatVariesIsStillTheSameEvent() {
    var other = List.of(condition("Ready", "False", "AnswersMissing", "2 of 3"));
    assertThat(change(READY, other).orElseThrow().eventName())
        .isEqualTo(change(READY, WAITING).orElseThrow().eventName());
  }

  private static Optional<Occurrence> change(List<Condition> before, List<Condition> after) {
    return ReadyChange.of(FLEET, before, after);
  }

  private static Condition condition(String type, String status, String reason, String message) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .build();
  }
}
