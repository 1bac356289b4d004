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
    versions.deleted("a");
    assertThat(versions.isNewWrite("a", "101")).isFalse();
    assertThat(versions.isNewEvent("a", "110")).isTrue();
    assertThat(versions.isNewWrite("a", "111")).isTrue();
  }

  @Test
  void aListThatBeganAfterTheWriteIsBelievedHoweverSmallItsNumbersAre() {
    versions.isNewWrite("a", "100");
    assertThat(versions.isNewInList("a", "7", NOW)).isTrue();
    assertThat(versions.isNewEvent("a", "8")).isTrue();
    assertThat(versions.isNewWrite("a", "9")).isTrue();
  }

  @Test
  void aListThatBeganBeforeTheWriteDoesNotUndoIt() {
    Instant began = NOW;
    now = NOW.plusSeconds(1);
    versions.isNewWrite("a", "100");
    now = NOW.plusSeconds(40);
    assertThat(versions.isNewInList("a", "99", began)).isFalse();
    assertThat(versions.isNewInList("b", "99", began)).isTrue();
    assertThat(versions.isNewInList("a", "100", began)).isTrue();
  }

  @Test
  void aSmallerNumberThanTheLastOneIsAnOlderObject() {
    assertThat(versions.isOlder("a", "7")).isFalse();
    versions.isNewEvent("a", "100");
    assertThat(versions.isOlder("a", "100")).isFalse();
    assertThat(versions.isOlder("a", "7")).isTrue();
    versions.isNewInList("a", "7", NOW);
    assertThat(versions.isOlder("a", "8")).as("written since").isFalse();
  }

  @Test
  void afterAWhileSmallerNumbersAreBelievedBecauseEtcdMayHaveBeenRestored() {
    versions.isNewWrite("a", "100");
    now = NOW.plusSeconds(31);
    assertThat(versions.isNewEvent("a", "7")).isTrue();
  }
}
