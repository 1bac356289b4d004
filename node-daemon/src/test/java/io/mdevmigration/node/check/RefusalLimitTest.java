package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusalLimitTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  private final RefusalLimit limit = new RefusalLimit();

  @Test
  void aBurstIsAllowedThenABatchAtATime() {
    for (int i = 0; i < RefusalLimit.BURST; i++) {
      assertThat(limit.allows(NOW)).isTrue();
      limit.refused(NOW);
    }
    assertThat(limit.allows(NOW)).isFalse();
    Instant later = limit.throttledUntil(NOW).orElseThrow();
    assertThat(limit.allows(later.minusMillis(1))).isFalse();
    assertThat(later).isEqualTo(NOW.plusSeconds(16));
    int batch = 0;
    while (limit.allows(later)) {
      limit.refused(later);
      batch++;
    }
    assertThat(batch).isEqualTo(64);
  }

  @Test
  void acceptanceIsNotLimited() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(limit.allows(NOW)).isTrue();
    }
  }

  @Test
  void aClockPutBackMakesNoWaitLonger() {
    Instant ahead = NOW.plus(Duration.ofDays(365));
    while (limit.allows(ahead)) {
      limit.refused(ahead);
    }
    assertThat(limit.throttledUntil(NOW)).contains(NOW.plusSeconds(16));
    assertThat(limit.allows(NOW)).isFalse();
    Instant later = NOW.plusSeconds(16);
    assertThat(limit.allows(later)).isTrue();
  }
}
