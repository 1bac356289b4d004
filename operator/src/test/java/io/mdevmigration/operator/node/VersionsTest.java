package io.mdevmigration.operator.node;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class VersionsTest {
  private Instant now = NOW;
  private final Versions versions = new Versions(() -> now);

  @Test
  void anEventFromBeforeTheWriteIsOld() {
    assertThat(versions.isNewWrite("a", "100")).isTrue();
    assertThat(versions.isNewEvent("a", "99")).isFalse();
    assertThat(versions.isNewEvent("b", "99")).isTrue();
    assertThat(versions.isNewEvent("a", "100")).isTrue();
  }

  @Test
  void anAnswerToAWriteThatComesAfterANewerEventIsOld() {
    assertThat(versions.isNewEvent("a", "101")).isTrue();
    assertThat(versions.isNewWrite("a", "100")).isFalse();
    assertThat(versions.isNewWrite("a", "102")).isTrue();
  }

  @Test
  void aWriteDoesNotBringBackWhatWasDeletedMeanwhile() {
    versions.isNewEvent("a", "100");
    versions.deleted("a", "102");
    assertThat(versions.isNewWrite("a", "101")).isFalse();
    assertThat(versions.isNewEvent("a", "110")).isTrue();
    assertThat(versions.isNewWrite("a", "111")).isTrue();
  }

  @Test
  void afterAWhileSmallerNumbersAreBelievedBecauseEtcdMayHaveBeenRestored() {
    versions.isNewWrite("a", "100");
    now = NOW.plusSeconds(31);
    assertThat(versions.isNewEvent("a", "7")).isTrue();
  }
}
