package io.mdevmigration.operator.source;

import io.mdevmigration.crds.MdevClass;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which classes stand against which node: those that it alone published when they became a source.
 * A class stands until other nodes publish it too, or until it is no source any more and nobody is
 * asked about it. So a node that publishes new versions every second has no more of them asked
 * about than one that keeps to its first ones.
 *
 * <p>Memory, not state: after a restart what a node published before stands against nobody, which
 * lets it have its share once more.
 *
 * <p>Not thread-safe.
 */
final class Introductions {
  private final Map<MdevClass, String> nodes = new HashMap<>();

  /** What stands against a node, of all types. */
  Set<MdevClass> of(String node) {
    Set<MdevClass> classes = new HashSet<>();
    nodes.forEach(
        (mdevClass, introducer) -> {
          if (introducer.equals(node)) {
            classes.add(mdevClass);
          }
        });
    return classes;
  }

  /**
   * A class is a source.
   *
   * @param onlyPublisher the node that publishes it, where no other does
   * @param publishers how many nodes do
   */
  void note(MdevClass mdevClass, Optional<String> onlyPublisher, int publishers) {
    if (onlyPublisher.isPresent()) {
      nodes.put(mdevClass, onlyPublisher.get());
    } else if (publishers > 1) {
      nodes.remove(mdevClass);
    }
  }

  /** Forgets what stands no longer. */
  void retain(Predicate<MdevClass> stands) {
    nodes.keySet().removeIf(stands.negate());
  }

  /** Bytes that the version strings have together; they are ASCII. */
  static int bytes(Set<MdevClass> classes) {
    return classes.stream().mapToInt(mdevClass -> mdevClass.version().length()).sum();
  }
}
