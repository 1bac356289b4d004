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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
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

  /** Guarded by this. */
  private final Introductions introductions = new Introductions();

  /** Node to what it may be asked about at any moment by a write under way. Guarded by this. */
  private final Map<String, Set<MdevClass>> beingAsked = new HashMap<>();

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
   * @param recorded what its status records about trials, by digest of the class
   */
  public record Asked(
      String name,
      String uid,
      long generation,
      MigrationCompatibilitySpec spec,
      Resolution resolution,
      Map<String, Recorded> recorded) {
    /** Whether the class is one of its sources. */
    public boolean asksAbout(String digest) {
      return resolution.classes().stream().anyMatch(c -> c.digest().equals(digest));
    }

    /** Whether this node is to be asked. */
    public boolean targets(NodeFacts node) {
      return Selector.of(Optional.ofNullable(spec.target()).map(Target::nodeSelector))
          .test(node.labels());
    }
  }

  /**
   * What a change of an object means to others.
   *
   * @param anew whether all nodes have to be looked at: what is asked of whom has changed
   * @param trials digests of the classes of which trials or suspicions have changed
   */
  public record Change(boolean anew, Set<String> trials) {
    /** All nodes have to be looked at. */
    public static final Change EVERYTHING = new Change(true, Set.of());

    private static final Change NOTHING = new Change(false, Set.of());
  }

  /** Puts an object, or puts it anew. */
  public synchronized Change put(MigrationCompatibility compatibility) {
    var metadata = compatibility.getMetadata();
    Asked before = byName.get(metadata.getName());
    long generation = Optional.ofNullable(metadata.getGeneration()).orElse(0L);
    Map<String, Recorded> recorded = recorded(compatibility);
    boolean isSame =
        before != null
            && before.uid().equals(metadata.getUid())
            && before.generation() == generation;
    if (isSame && before.recorded().equals(recorded)) {
      return Change.NOTHING;
    }
    forgetWhatStandsNoLonger();
    Resolution resolution =
        isSame
            ? before.resolution()
            : resolve(compatibility.getSpec(), present(compatibility, before));
    Asked after =
        new Asked(
            metadata.getName(),
            metadata.getUid(),
            generation,
            compatibility.getSpec(),
            resolution,
            recorded);
    byName.put(after.name(), after);
    return new Change(!isSame, differing(before == null ? Map.of() : before.recorded(), recorded));
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

  /**
   * The same for somebody who is going to write it. Until {@link #endAsking} a class of these goes
   * on standing against the node that introduced it, though it be no source any more and though
   * nobody be asked about it yet: that may come with the write.
   */
  public synchronized Map<String, MdevClass> beginAsking(NodeFacts node) {
    Map<String, MdevClass> wanted = wantedChecks(node);
    beingAsked.put(node.name(), Set.copyOf(wanted.values()));
    return wanted;
  }

  /** What {@link #beginAsking} was called for is written, and the fleet knows, or has failed. */
  public synchronized void endAsking(String node) {
    beingAsked.remove(node);
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
    forgetWhatStandsNoLonger();
    boolean changed = false;
    for (Asked before : some.toList()) {
      Asked after =
          new Asked(
              before.name(),
              before.uid(),
              before.generation(),
              before.spec(),
              resolve(before.spec(), digests(before.resolution())),
              before.recorded());
      byName.put(before.name(), after);
      changed |= !after.resolution().mdevClasses().equals(before.resolution().mdevClasses());
    }
    return changed;
  }

  private Resolution resolve(MigrationCompatibilitySpec spec, Set<String> present) {
    Resolution resolution = SourceResolution.resolve(spec, fleet, present, introductions);
    if (spec.source().version() == null) {
      resolution
          .mdevClasses()
          .forEach(c -> introductions.note(c, fleet.onlyPublisherOf(c), fleet.publisherCount(c)));
    }
    return resolution;
  }

  private void forgetWhatStandsNoLonger() {
    Set<MdevClass> standing =
        byName.values().stream()
            .flatMap(asked -> asked.resolution().mdevClasses().stream())
            .collect(Collectors.toCollection(HashSet::new));
    beingAsked.values().forEach(standing::addAll);
    introductions.retain(c -> standing.contains(c) || fleet.isAsked(c));
  }

  private static Map<String, Recorded> recorded(MigrationCompatibility compatibility) {
    Map<String, Recorded> recorded = new HashMap<>();
    if (compatibility.getStatus() != null) {
      compatibility
          .getStatus()
          .sources()
          .forEach(source -> recorded.put(source.digest(), Recorded.of(source)));
      recorded.values().removeIf(Recorded.NOTHING::equals);
    }
    return recorded;
  }

  private static Set<String> differing(Map<String, Recorded> before, Map<String, Recorded> after) {
    Set<String> digests = new HashSet<>(before.keySet());
    digests.addAll(after.keySet());
    digests.removeIf(digest -> Objects.equals(before.get(digest), after.get(digest)));
    return digests;
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
    return resolution.classes().stream().map(SourceClass::digest).collect(Collectors.toSet());
  }
}
