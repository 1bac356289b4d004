package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackOffTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  private final BackOff backOff = new BackOff(0);

  @Test
  void theWaitDoublesUpToTenSeconds() {
    assertThat(backOff.failed(NOW)).isEqualTo(NOW.plusMillis(500));
    assertThat(backOff.failed(NOW)).isEqualTo(NOW.plusSeconds(1));
    for (int i = 0; i < 20; i++) {
      backOff.failed(NOW);
    }
    assertThat(backOff.failed(NOW)).isEqualTo(NOW.plusSeconds(10));
    backOff.reset();
    assertThat(backOff.isWaiting(NOW)).isFalse();
    assertThat(backOff.failed(NOW)).isEqualTo(NOW.plusMillis(500));
  }

  @Test
  void jitterTakesUpToHalfOffEachWait() {
    BackOff soonest = new BackOff(1);
    assertThat(soonest.failed(NOW)).isEqualTo(NOW.plusMillis(250));
    assertThat(soonest.failed(NOW)).isEqualTo(NOW.plusMillis(500));
  }

  @Test
  void aClockPutBackMakesNoWaitLonger() {
    backOff.failed(NOW.plus(Duration.ofDays(365)));
    assertThat(backOff.isWaiting(NOW)).isTrue();
    assertThat(backOff.until()).contains(NOW.plusSeconds(10));
    assertThat(backOff.isWaiting(NOW.plusSeconds(10))).isFalse();
  }
}
