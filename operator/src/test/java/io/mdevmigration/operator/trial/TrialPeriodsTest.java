package io.mdevmigration.operator.trial;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrialPeriodsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void aTrialIsLeftTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrialPeriods(Duration.ofMillis(99), SECOND));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrialPeriods(SECOND, Duration.ofMillis(999)));
  }

  @Test
  void theWaitForAllOthersIsNoShorterThanTheOneForTheNext() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrialPeriods(SECOND, SECOND, SECOND, Duration.ofMillis(999)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrialPeriods(SECOND, SECOND, Duration.ofMillis(-1), SECOND));
  }
}
