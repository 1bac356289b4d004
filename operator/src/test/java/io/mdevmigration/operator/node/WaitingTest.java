package io.mdevmigration.operator.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.operator.node.Waiting.Turn;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingTest {
  private final Waiting waiting = new Waiting();

  @Test
  void keysComeInTheirOrderAndThoseThatGoFirstBeforeThem() {
    waiting.add("a", Turn.IN_ORDER);
    waiting.add("b", Turn.IN_ORDER);
    waiting.add("c", Turn.FIRST);
    waiting.add("d", Turn.FIRST);
    assertThat(taken()).containsExactly("c", "d", "a", "b");
  }

  @Test
  void aKeyThatWaitsKeepsItsPlaceHoweverOftenItIsAdded() {
    assertThat(waiting.add("a", Turn.IN_ORDER)).isTrue();
    assertThat(waiting.add("b", Turn.IN_ORDER)).isTrue();
    assertThat(waiting.add("a", Turn.IN_ORDER)).isFalse();
    assertThat(waiting.size()).isEqualTo(2);
    assertThat(taken()).containsExactly("a", "b");
  }

  @Test
  void aKeyThatWaitsForItsTurnMovesUpToThoseThatGoFirst() {
    waiting.add("a", Turn.IN_ORDER);
    waiting.add("b", Turn.IN_ORDER);
    assertThat(waiting.add("b", Turn.FIRST)).as("did not wait").isFalse();
    assertThat(waiting.size()).isEqualTo(2);
    assertThat(taken()).containsExactly("b", "a");
  }

  @Test
  void aKeyThatGoesFirstGoesFirstAlthoughItIsAddedInItsTurnToo() {
    waiting.add("a", Turn.IN_ORDER);
    waiting.add("b", Turn.FIRST);
    assertThat(waiting.add("b", Turn.FIRST)).isFalse();
    assertThat(waiting.add("b", Turn.IN_ORDER)).isFalse();
    assertThat(waiting.size()).isEqualTo(2);
    assertThat(taken()).containsExactly("b", "a");
  }

  @Test
  void aKeyThatWasTakenMayWaitAgain() {
    waiting.add("a", Turn.FIRST);
    waiting.take();
    assertThat(waiting.add("a", Turn.IN_ORDER)).isTrue();
    assertThat(taken()).containsExactly("a");
  }

  @Test
  void whoeverTakesAKeyIsToldAsWhatItWaited() {
    waiting.add("a", Turn.IN_ORDER);
    waiting.add("b", Turn.FIRST);
    assertThat(waiting.take()).isEqualTo(new Waiting.Taken("b", Turn.FIRST));
    assertThat(waiting.take()).isEqualTo(new Waiting.Taken("a", Turn.IN_ORDER));
  }

  private List<String> taken() {
    List<String> taken = new ArrayList<>();
    while (waiting.size() > 0) {
      taken.add(waiting.take().key());
    }
    return taken;
  }
}
