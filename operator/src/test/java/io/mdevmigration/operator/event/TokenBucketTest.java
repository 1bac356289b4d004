package io.mdevmigration.operator.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

  private final TokenBucket bucket = new TokenBucket(3, Duration.ofSeconds(1));

  @Test
  void theBurstPassesAtOnceAndNoMore() {
    assertThat(taken(START, 10)).isEqualTo(3);
  }

  @Test
  void thenOnePassesPerInterval() {
    taken(START, 10);
    assertThat(taken(START.plusMillis(999), 1)).isZero();
    assertThat(taken(START.plusMillis(1000), 2)).isEqualTo(1);
    assertThat(taken(START.plusMillis(1999), 1)).isZero();
    assertThat(taken(START.plusMillis(3000), 10)).isEqualTo(2);
  }

  @Test
  void partsOfAnIntervalAddUp() {
    taken(START, 10);
    int taken = 0;
    for (int i = 1; i <= 100; i++) {
      taken += taken(START.plusMillis(100L * i), 1);
    }
    assertThat(taken).isEqualTo(10);
  }

  @Test
  void aLongPauseGivesTheBurstAgainAndNoMore() {
    taken(START, 10);
    assertThat(taken(START.plus(Duration.ofDays(1)), 10)).isEqualTo(3);
  }

  @Test
  void aClockThatIsSetBackDoesNotStopEverything() {
    taken(START, 10);
    Instant back = START.minus(Duration.ofHours(1));
    assertThat(taken(back, 1)).isZero();
    assertThat(taken(back.plusSeconds(2), 10)).isEqualTo(2);
  }

  private int taken(Instant now, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += bucket.take(now) ? 1 : 0;
    }
    return taken;
  }
}
