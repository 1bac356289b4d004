package io.mdevmigration.operator.node;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WrittenTest {
  private Instant now = NOW;
  private final Written written = new Written(() -> now);

  @Test
  void anEventFromBeforeTheWriteIsOlder() {
    written.wrote("a", "100");
    assertThat(written.isOlder("a", "99")).isTrue();
    assertThat(written.isOlder("b", "99")).isFalse();
    assertThat(written.isOlder("a", "100")).isFalse();
  }

  @Test
  void afterAWhileSmallerNumbersAreBelievedBecauseEtcdMayHaveBeenRestored() {
    written.wrote("a", "100");
    now = NOW.plusSeconds(31);
    assertThat(written.isOlder("a", "7")).isFalse();
  }
}
