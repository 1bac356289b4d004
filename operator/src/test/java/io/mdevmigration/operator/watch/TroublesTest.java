package io.mdevmigration.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TroublesTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private final Troubles troubles = new Troubles();

  @Test
  void aTroubleIsToldWhenItBeginsAndOnceAMinuteUntilItIsOver() {
    assertThat(troubles.over(NOW)).isEmpty();
    assertThat(troubles.failed(NOW)).isTrue();
    assertThat(troubles.failed(NOW.plusSeconds(59))).isFalse();
    assertThat(troubles.failed(NOW.plusSeconds(60))).isTrue();
    assertThat(troubles.failed(NOW.plusSeconds(61))).isFalse();
    assertThat(troubles.over(NOW.plusSeconds(62))).contains(Duration.ofSeconds(62));
    assertThat(troubles.over(NOW.plusSeconds(63))).isEmpty();
    assertThat(troubles.failed(NOW.plusSeconds(64))).isTrue();
  }
}
