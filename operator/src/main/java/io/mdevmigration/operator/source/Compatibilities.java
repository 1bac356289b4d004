package io.mdevmigration.operator.source;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Target;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.Selector;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All MigrationCompatibility objects with their resolved sources. Resolved anew only when the
 * object or what is published of its type has changed. Safe for use by many threads.
 */
public final class Compatibilities {
  private final Fleet fleet;
  private final Map<String, Asked> byName = new ConcurrentHashMap<>();

  public Compatibilities(Fleet fleet) {
    this.fleet = fleet;
  }

  /**
   * One MigrationCompatibility as it stands.
   *
   * @param name its name
   * @param uid tells it from a later one of the same name
   * @param generation of the spec
   * @param spec what the admin wrote
   * @param resolution what its sources come to
   */
  public record Asked(
      String name,
      String uid,
      long generation,
      MigrationCompatibilitySpec spec,
      Resolution resolution) {
    /** Whether this node is to be asked. */
    public boolean targets(NodeFacts node) {
      return Selector.of(Optional.ofNullable(spec.target()).map(Target::nodeSelector))
          .test(node.labels());
    }
  }

  /**
   * Puts an object, or puts it anew.
   *
   * @return whether nodes have to be looked at: what is asked of whom has changed
   */
  public synchronized boolean put(MigrationCompatibility compatibility) {
    var metadata = compatibility.getMetadata();
    Asked before = byName.get(metadata.getName());
    long generation = Optional.ofNullable(metadata.getGeneration()).orElse(0L);
    if (before != null
        && before.uid().equals(metadata.getUid())
        && before.generation() == generation) {
      return false;
    }
    Asked after =
        new Asked(
            metadata.getName(),
            metadata.getUid(),
            generation,
            compatibility.getSpec(),
            SourceResolution.resolve(
                compatibility.getSpec(), fleet, present(compatibility, before)));
    byName.put(after.name(), after);
    return true;
  }

  /** Forgets an object that was deleted; whether it was known. */
  public synchronized boolean remove(String name) {
    return byName.remove(name) != null;
  }

  /**
   * Resolves the sources anew of every object of this type.
   *
   * @return whether the classes of any of them changed
   */
  public synchronized boolean publicationChanged(String type) {
    return resolveAgain(byName.values().stream().filter(a -> a.spec().mdevType().equals(type)));
  }

  /**
   * Resolves all sources anew: a Node or a report has come or gone, or its labels have changed.
   *
   * @return whether the classes of any object changed
   */
  public synchronized boolean selectionChanged() {
    return resolveAgain(byName.values().stream());
  }

  /** The object of this name. */
  public Optional<Asked> get(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** All of them. */
  public Collection<Asked> all() {
    return byName.values();
  }

  /** The classes that a node is to be asked about, by label key. */
  public Map<String, MdevClass> wantedChecks(NodeFacts node) {
    return wanted(node, false);
  }

  /** The classes for which a node gets a label once it accepts them, by label key. */
  public Map<String, MdevClass> wantedLabels(NodeFacts node) {
    return wanted(node, true);
  }

  private Map<String, MdevClass> wanted(NodeFacts node, boolean labelled) {
    Map<String, MdevClass> wanted = new TreeMap<>();
    Set<String> ambiguous = new HashSet<>();
    for (Asked asked : byName.values()) {
      if ((asked.spec().labelNodes() || !labelled) && asked.targets(node)) {
        for (MdevClass mdevClass : asked.resolution().mdevClasses()) {
          String key = mdevClass.labelKey();
          MdevClass other = wanted.putIfAbsent(key, mdevClass);
          if (other != null && !other.equals(mdevClass)) {
            ambiguous.add(key);
          }
        }
      }
    }
    // Two strings with one digest: an answer to one says nothing about the other.
    wanted.keySet().removeAll(ambiguous);
    return wanted;
  }

  private boolean resolveAgain(Stream<Asked> some) {
    boolean changed = false;
    for (Asked before : some.toList()) {
      Asked after =
          new Asked(
              before.name(),
              before.uid(),
              before.generation(),
              before.spec(),
              SourceResolution.resolve(before.spec(), fleet, digests(before.resolution())));
      byName.put(before.name(), after);
      changed |= !after.resolution().mdevClasses().equals(before.resolution().mdevClasses());
    }
    return changed;
  }

  private static Set<String> present(MigrationCompatibility compatibility, Asked before) {
    Set<String> present = new HashSet<>();
    if (compatibility.getStatus() != null) {
      compatibility.getStatus().sources().stream().map(SourceStatus::digest).forEach(present::add);
    }
    if (before != null) {
      present.addAll(digests(before.resolution()));
    }
    return present;
  }

  private static Set<String> digests(Resolution resolution) {
    return resolution.mdevClasses().stream().map(MdevClass::digest).collect(Collectors.toSet());
  }
}
