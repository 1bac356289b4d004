package io.mdevmigration.e2e.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Draws by lot; the same seed draws the same. */
final class Draw {
  private final Random random;

  Draw(long seed) {
    random = new Random(seed);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** From least to most, both included. */
  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  <T> T of(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  @SafeVarargs
  final <T> T of(T first, T... others) {
    int n = random.nextInt(others.length + 1);
    return n == 0 ? first : others[n - 1];
  }

  /** Each with this probability, sorted. */
  Set<String> some(List<String> all, double probability) {
    Set<String> drawn = new TreeSet<>();
    for (String one : all) {
      if (chance(probability)) {
        drawn.add(one);
      }
    }
    return drawn;
  }

  <T> List<T> shuffled(List<T> all) {
    List<T> copy = new ArrayList<>(all);
    Collections.shuffle(copy, random);
    return copy;
  }

  Duration millis(int least, int most) {
    return Duration.ofMillis(between(least, most));
  }
}
