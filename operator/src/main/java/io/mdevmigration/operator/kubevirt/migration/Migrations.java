package io.mdevmigration.operator.kubevirt.migration;

import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The migrations that are known, with an index of those under way by VMI: KubeVirt keeps those that
 * are over, and a review must not walk them all. Safe for use by many threads.
 */
public final class Migrations {
  private final Map<ObjectName, MigrationFacts> all = new ConcurrentHashMap<>();

  /** By VMI and by the migration's own name; a VMI without any is left out. */
  private final Map<ObjectName, Map<ObjectName, MigrationFacts>> underWay =
      new ConcurrentHashMap<>();

  /**
   * Puts a migration, or puts it anew.
   *
   * @return what was known of it before
   */
  public synchronized Optional<MigrationFacts> put(MigrationFacts migration) {
    MigrationFacts before = all.put(migration.name(), migration);
    ObjectName vmi = migration.migration().vmi();
    if (!migration.isOver()) {
      // In the place of what was known: at no moment does a review see none under way.
      underWay
          .computeIfAbsent(vmi, v -> new ConcurrentHashMap<>())
          .put(migration.name(), migration);
    }
    if (migration.isOver() || (before != null && !before.migration().vmi().equals(vmi))) {
      forget(before);
    }
    return Optional.ofNullable(before);
  }

  /** Forgets a migration that was deleted. */
  public synchronized void remove(ObjectName name) {
    forget(all.remove(name));
  }

  private void forget(MigrationFacts migration) {
    if (migration != null) {
      underWay.computeIfPresent(
          migration.migration().vmi(),
          (vmi, known) -> {
            known.remove(migration.name());
            return known.isEmpty() ? null : known;
          });
    }
  }

  /** All of them. */
  public Collection<MigrationFacts> all() {
    return all.values();
  }

  /** A migration of a VMI that is not over: the VMI may be elsewhere in a moment. */
  public Optional<MigrationFacts> underWay(ObjectName vmi) {
    return underWay.getOrDefault(vmi, Map.of()).values().stream().findFirst();
  }
}
