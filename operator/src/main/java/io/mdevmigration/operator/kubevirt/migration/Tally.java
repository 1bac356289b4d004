package io.mdevmigration.operator.kubevirt.migration;

import io.mdevmigration.operator.kubevirt.migration.Course.What;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How often what has happened since this process began. Safe for use by many threads. */
public final class Tally {
  private final Map<What, LongAdder> counts;

  /** Nothing has happened yet. */
  public Tally() {
    Map<What, LongAdder> made = new EnumMap<>(What.class);
    for (What what : What.values()) {
      made.put(what, new LongAdder());
    }
    counts = Collections.unmodifiableMap(made);
  }

  /** This has happened once more. */
  public void count(What what) {
    counts.get(what).increment();
  }

  /** How often this has happened. */
  public long of(What what) {
    return counts.get(what).sum();
  }
}
