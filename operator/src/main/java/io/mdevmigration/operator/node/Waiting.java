package io.mdevmigration.operator.node;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Keys that wait, each once: in the order in which they came, those that go first before all
 * others. For one thread at a time.
 */
final class Waiting {
  private final Set<String> first = new LinkedHashSet<>();
  private final Set<String> others = new LinkedHashSet<>();

  /**
   * Adds a key; one that waits already keeps its place, or moves up to those that go first.
   *
   * @return whether it did not wait
   */
  boolean add(String key, boolean goesFirst) {
    if (!goesFirst) {
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
  String take() {
    Set<String> from = first.isEmpty() ? others : first;
    String key = from.iterator().next();
    from.remove(key);
    return key;
  }

  int size() {
    return first.size() + others.size();
  }
}
