package io.mdevmigration.crds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationTextTest {
  @Test
  void whatKubernetesWritesIsRead() {
    assertThat(DurationText.parse("6h")).contains(Duration.ofHours(6));
    assertThat(DurationText.parse("1h30m")).contains(Duration.ofMinutes(90));
    assertThat(DurationText.parse("90s")).contains(Duration.ofSeconds(90));
    assertThat(DurationText.parse("500ms")).contains(Duration.ofMillis(500));
    assertThat(DurationText.parse("1m500ms")).contains(Duration.ofMillis(60_500));
  }

  @Test
  void whatIsNoneOrOnlyLooksLikeOneIsNotRead() {
    for (String text : new String[] {"", "5", "1d", "-5s", "1.5h", "5x", "1m1h", "9999999999h"}) {
      assertThat(DurationText.parse(text)).as(text).isEmpty();
    }
  }
}
