package io.mdevmigration.operator.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrialPeriodsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static Duration together(Duration begin) {
    return new TrialPeriods(begin, Duration.ofMinutes(2)).together();
  }

  @Test
  void aClassWaitsForOthersLessThanATrialMayTakeToBegin() {
    assertThat(together(Duration.ofSeconds(10))).isEqualTo(SECOND);
    assertThat(together(SECOND)).isEqualTo(Duration.ofMillis(250));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrialPeriods(SECOND, SECOND, SECOND))
        .withMessageContaining("begin");
  }

  @Test
  void aTrialIsLeftTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrialPeriods(Duration.ofMillis(99), SECOND));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrialPeriods(SECOND, Duration.ofMillis(999)));
  }
}
