package io.mdevmigration.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.operator.watch.Known.History;
import org.junit.jupiter.api.Test;

class KnownTest {
  private final Known known = new Known();

  @Test
  void onlyACompleteListProvesThatSomethingIsGone() {
    list("100", "a", "b");
    known.listBegins();
    known.inList("a", "200");
    known.listBegins();
    known.inList("a", "300");
    assertThat(known.size()).isEqualTo(2);
    assertThat(known.listEnds("300")).containsExactly("b");
    assertThat(known.size()).isEqualTo(1);
  }

  @Test
  void whatTheWatchTellsMeanwhileWinsOverAnOlderList() {
    list("100", "changed", "deleted", "quiet");
    known.listBegins();
    known.told("changed", "205");
    known.deleted("deleted", "206");
    known.told("created", "207");
    assertThat(known.inList("changed", "200")).isFalse();
    assertThat(known.inList("deleted", "200")).isFalse();
    assertThat(known.inList("quiet", "200")).isTrue();
    assertThat(known.listEnds("200")).isEmpty();
    assertThat(known.size()).as("changed, quiet, created").isEqualTo(3);
  }

  @Test
  void aListWinsOverWhatTheWatchToldBeforeItsPicture() {
    list("100", "a", "b");
    known.listBegins();
    known.told("a", "199");
    known.told("b", "200");
    assertThat(known.inList("a", "200")).isTrue();
    assertThat(known.listEnds("200")).containsExactly("b");
  }

  @Test
  void aListWinsOverWhatWasToldBeforeItBeganHoweverOldItIs() {
    list("100", "a", "b");
    known.told("a", "150");
    known.told("new", "160");
    known.listBegins();
    assertThat(known.inList("a", "120")).isTrue();
    assertThat(known.inList("b", "120")).isTrue();
    assertThat(known.listEnds("120")).containsExactly("new");
    assertThat(known.history("120")).isEqualTo(History.WENT_BACK);
  }

  @Test
  void historyGoesOnWhileNoListIsOlderThanWhatWasToldBeforeIt() {
    assertThat(list("100", "a")).isEqualTo(History.GOES_ON);
    known.cameTo("170");
    assertThat(list("170", "a")).isEqualTo(History.GOES_ON);
    known.listBegins();
    known.told("a", "190");
    known.inList("a", "180");
    known.listEnds("180");
    assertThat(known.history("180")).as("the watch was ahead").isEqualTo(History.GOES_ON);
    assertThat(list("185", "a")).as("190 was told before").isEqualTo(History.WENT_BACK);
    assertThat(list("186", "a")).as("that is the history now").isEqualTo(History.GOES_ON);
  }

  @Test
  void theNextWatchRepeatsWhatTheFormerToldSinceTheListingBegan() {
    known.told("a", "90");
    known.listBegins();
    assertThat(known.toldMeanwhile()).isZero();
    known.told("a", "105");
    known.inList("a", "100");
    known.listEnds("100");
    known.deleted("a", "106");
    known.cameTo("109");
    assertThat(known.toldMeanwhile()).isEqualTo(109);
  }

  @Test
  void theDeletionOfWhatWasUnknownIsNoNews() {
    list("100", "a");
    assertThat(known.deleted("b", "101")).isFalse();
    assertThat(known.deleted("a", "102")).isTrue();
    assertThat(known.deleted("a", "103")).isFalse();
  }

  private History list(String version, String... names) {
    known.listBegins();
    for (String name : names) {
      known.inList(name, version);
    }
    known.listEnds(version);
    return known.history(version);
  }
}
