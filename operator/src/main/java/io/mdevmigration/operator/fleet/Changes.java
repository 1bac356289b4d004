package io.mdevmigration.operator.fleet;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which nodes have changed lately, so that whoever keeps something about each node looks at these
 * alone. The last 4,096 changes are known. Safe for use by many threads.
 */
public final class Changes {
  static final int KEPT = 4096;

  private final String[] names = new String[KEPT];
  private long count;

  /**
   * What has changed since a moment.
   *
   * @param mark this moment, to ask from next time
   * @param names of the nodes that have changed, come or gone; empty if there were too many changes
   *     to tell, so that all have to be looked at
   */
  public record Since(long mark, Optional<Set<String>> names) {}

  /** This node has changed; what has changed of it is there to be read already. */
  synchronized void add(String name) {
    names[(int) (count % KEPT)] = name;
    count++;
  }

  /**
   * What has changed since a moment.
   *
   * @param mark the moment; 0 is before everything
   */
  synchronized Since since(long mark) {
    if (count - mark > KEPT) {
      return new Since(count, Optional.empty());
    }
    Set<String> changed = new HashSet<>();
    for (long i = mark; i < count; i++) {
      changed.add(names[(int) (i % KEPT)]);
    }
    return new Since(count, Optional.of(changed));
  }
}
