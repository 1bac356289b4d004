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
   * @param spec what the admin wrote
   * @param resolution what its sources come to
   */
  public record Asked(String name, MigrationCompatibilitySpec spec, Resolution resolution) {
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
  public boolean put(MigrationCompatibility compatibility) {
    String name = compatibility.getMetadata().getName();
    Asked before = byName.get(name);
    Asked after = resolve(name, compatibility.getSpec(), present(compatibility, before));
    byName.put(name, after);
    return !after.equals(before);
  }

  /** Forgets an object that was deleted; whether it was known. */
  public boolean remove(String name) {
    return byName.remove(name) != null;
  }

  /**
   * Resolves the sources anew of every object of this type.
   *
   * @return whether the classes of any of them changed
   */
  public boolean publicationChanged(String type) {
    return resolveAgain(byName.values().stream().filter(a -> a.spec().mdevType().equals(type)));
  }

  /** Resolves the sources anew that depend on the labels of nodes. */
  public boolean selectionChanged() {
    return resolveAgain(byName.values().stream().filter(a -> a.spec().source().nodes() != null));
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
    for (Asked asked : byName.values()) {
      if ((asked.spec().labelNodes() || !labelled) && asked.targets(node)) {
        asked.resolution().mdevClasses().forEach(c -> wanted.put(c.labelKey(), c));
      }
    }
    return wanted;
  }

  private boolean resolveAgain(java.util.stream.Stream<Asked> some) {
    boolean changed = false;
    for (Asked before : some.toList()) {
      Asked after = resolve(before.name(), before.spec(), digests(before.resolution()));
      if (byName.replace(before.name(), before, after)) {
        changed |= !after.resolution().mdevClasses().equals(before.resolution().mdevClasses());
      }
    }
    return changed;
  }

  private Asked resolve(String name, MigrationCompatibilitySpec spec, Set<String> present) {
    return new Asked(name, spec, SourceResolution.resolve(spec, fleet, present));
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
