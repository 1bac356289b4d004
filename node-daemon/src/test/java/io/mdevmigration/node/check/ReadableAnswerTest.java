package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadableAnswerTest {
  private final Answer answer =
      new AnswerOfNode(
              new MdevClass("i915-1", "v"),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Instant.parse("2026-11-25T12:00:00Z"))
          .of(Verdict.COMPATIBLE, Reason.ACCEPTED, OptionalInt.empty());

  @ParameterizedTest
  @ValueSource(strings = {"2026-11-25T12:00:00Z", "1970-01-01T00:00:00Z"})
  void aTimeOfThisEraIsOne(String time) {
    assertThat(AnswerOfNode.isReadable(answer.withTime(time))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"never", "", "-1000000000-01-01T00:00:00Z", "+1000000000-12-31T23:59:59Z"})
  void aTimeThatNothingCanBeAddedToIsNone(String time) {
    assertThat(AnswerOfNode.isReadable(answer.withTime(time))).isFalse();
  }
}
