package io.mdevmigration.operator.fleet;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An index: which nodes have something. Safe for use by many threads. */
final class NamesByKey<K> {
  private final Map<K, Set<String>> names = new ConcurrentHashMap<>();

  Set<K> keys() {
    return names.keySet();
  }

  Set<String> names(K key) {
    return names.getOrDefault(key, Set.of());
  }

  /** Puts or takes out a node; whether the key came to have its first node or lost its last. */
  boolean put(K key, String node, boolean has) {
    boolean[] toggled = new boolean[1];
    names.compute(
        key,
        (k, known) -> {
          Set<String> all = known == null ? ConcurrentHashMap.newKeySet() : known;
          if (has) {
            all.add(node);
          } else {
            all.remove(node);
          }
          toggled[0] = (known == null) != all.isEmpty();
          return all.isEmpty() ? null : all;
        });
    return toggled[0];
  }

  /** Gives a node other keys than it had; the keys that came to have a node, or have none left. */
  Set<K> replace(String node, Set<K> before, Set<K> after) {
    Set<K> toggled = new HashSet<>();
    // First what it has now: at no moment does a reader see a node that has nothing.
    for (K key : after) {
      if (put(key, node, true)) {
        toggled.add(key);
      }
    }
    for (K key : before) {
      if (!after.contains(key) && put(key, node, false)) {
        toggled.add(key);
      }
    }
    return toggled;
  }
}
