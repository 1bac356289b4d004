package io.mdevmigration.operator.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingTest {
  private final Waiting waiting = new Waiting();

  @Test
  void keysComeInTheirOrderAndThoseThatGoFirstBeforeThem() {
    waiting.add("a", false);
    waiting.add("b", false);
    waiting.add("c", true);
    waiting.add("d", true);
    assertThat(taken()).containsExactly("c", "d", "a", "b");
  }

  @Test
  void aKeyThatWaitsKeepsItsPlaceHoweverOftenItIsAdded() {
    assertThat(waiting.add("a", false)).isTrue();
    assertThat(waiting.add("b", false)).isTrue();
    assertThat(waiting.add("a", false)).isFalse();
    assertThat(waiting.size()).isEqualTo(2);
    assertThat(taken()).containsExactly("a", "b");
  }

  @Test
  void aKeyThatWaitsForItsTurnMovesUpToThoseThatGoFirst() {
    waiting.add("a", false);
    waiting.add("b", false);
    assertThat(waiting.add("b", true)).as("did not wait").isFalse();
    assertThat(waiting.size()).isEqualTo(2);
    assertThat(taken()).containsExactly("b", "a");
  }

  @Test
  void aKeyThatGoesFirstGoesFirstAlthoughItIsAddedInItsTurnToo() {
    waiting.add("a", false);
    waiting.add("b", true);
    assertThat(waiting.add("b", true)).isFalse();
    assertThat(waiting.add("b", false)).isFalse();
    assertThat(waiting.size()).isEqualTo(2);
    assertThat(taken()).containsExactly("b", "a");
  }

  @Test
  void aKeyThatWasTakenMayWaitAgain() {
    waiting.add("a", true);
    waiting.take();
    assertThat(waiting.add("a", false)).isTrue();
    assertThat(taken()).containsExactly("a");
  }

  private List<String> taken() {
    List<String> taken = new ArrayList<>();
    while (waiting.size() > 0) {
      taken.add(waiting.take());
    }
    return taken;
  }
}
