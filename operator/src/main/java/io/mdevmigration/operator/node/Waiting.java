package io.mdevmigration.operator.node;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Keys that wait, each once: in the order in which they came, those that go first before all
 * others. For one thread at a time.
 */
final class Waiting {
  /** When a key is taken. */
  enum Turn {
    IN_ORDER,
    FIRST
  }

  /** A key that was taken, and as what it waited. */
  record Taken(String key, Turn turn) {}

  private final Set<String> first = new LinkedHashSet<>();
  private final Set<String> others = new LinkedHashSet<>();

  /**
   * Adds a key; one that waits already keeps its place, or moves up to those that go first.
   *
   * @return whether it did not wait
   */
  boolean add(String key, Turn turn) {
    if (turn == Turn.IN_ORDER) {
      return !first.contains(key) && others.add(key);
    }
    boolean waited = others.remove(key);
    return first.add(key) && !waited;
  }

  /**
   * Takes out the key whose turn it is.
   *
   * @throws java.util.NoSuchElementException if none waits
   */
  Taken take() {
    return first.isEmpty() ? take(others, Turn.IN_ORDER) : take(first, Turn.FIRST);
  }

  private static Taken take(Set<String> from, Turn turn) {
    String key = from.iterator().next();
    from.remove(key);
    return new Taken(key, turn);
  }

  int size() {
    return first.size() + others.size();
  }
}
