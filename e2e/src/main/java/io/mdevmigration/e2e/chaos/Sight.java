package io.mdevmigration.e2e.chaos;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.e2e.chaos.Journal.Entry;
import io.mdevmigration.e2e.chaos.Journal.Listed;
import io.mdevmigration.e2e.chaos.Journal.Saw;
import io.mdevmigration.e2e.chaos.Row.Wish;
import io.mdevmigration.e2e.chaos.Wanted.Publisher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What one instance of the operator had been sent at each moment. Nobody can see when it has taken
 * in what it was sent: what came within the last moments before a request may or may not count.
 */
final class Sight {
  private static final String NODES = "nodes";
  private static final String STATES = "mdevnodestates";
  private static final String SPECS = "migrationcompatibilities";

  private final Map<String, Map<String, List<Saw>>> seen = new HashMap<>();
  private final List<Long> moments = new ArrayList<>();

  /** How much a class is wanted, as far as one view goes. */
  record Wanting(Optional<MdevClass> mdevClass, Wish wish) {}

  /** The sight of one sender. */
  Sight(String sender, List<Entry> entries) {
    for (Entry entry : entries) {
      if (entry.sender().equals(sender)) {
        if (entry instanceof Saw saw) {
          add(saw);
        } else if (entry instanceof Listed listed) {
          listed(listed);
        }
      }
    }
  }

  private void add(Saw saw) {
    of(saw.resource()).computeIfAbsent(saw.name(), name -> new ArrayList<>()).add(saw);
    moments.add(saw.at());
  }

  /** What a whole collection lacks has been deleted, at its version the latest. */
  private void listed(Listed listed) {
    for (String name : List.copyOf(of(listed.resource()).keySet())) {
      if (!listed.names().contains(name)) {
        add(
            new Saw(
                listed.sender(),
                listed.at(),
                listed.resource(),
                name,
                listed.version(),
                Optional.empty()));
      }
    }
  }

  /** The Nodes of this name that it may have had in mind; empty if it knew of none. */
  List<Node> nodes(String name, long at, long slack) {
    return candidates(NODES, name, at, slack).stream()
        .flatMap(Optional::stream)
        .map(Node.class::cast)
        .toList();
  }

  /** The states of this name that it may have had in mind, or none; at least one. */
  List<Optional<MdevNodeState>> states(String name, long at, long slack) {
    return candidates(STATES, name, at, slack).stream()
        .map(object -> object.map(MdevNodeState.class::cast))
        .toList();
  }

  /** How much it may have thought the class of a label wanted on a node; at least one. */
  List<Wanting> wanting(String node, String key, long at, long slack) {
    return Stream.concat(
            Stream.of(at - slack),
            moments.stream().filter(moment -> moment > at - slack && moment <= at))
        .distinct()
        .map(moment -> wanting(node, key, moment))
        .distinct()
        .toList();
  }

  private Wanting wanting(String node, String key, long moment) {
    Map<String, Map<String, String>> labels = new TreeMap<>();
    newest(NODES, moment, Node.class).forEach((name, object) -> labels.put(name, labels(object)));
    Map<String, MdevNodeState> states = newest(STATES, moment, MdevNodeState.class);
    List<MigrationCompatibilitySpec> specs =
        newest(SPECS, moment, MigrationCompatibility.class).values().stream()
            .map(MigrationCompatibility::getSpec)
            .toList();
    List<Publisher> publishers =
        states.values().stream()
            .map(
                state ->
                    new Publisher(
                        state.getMetadata().getName(),
                        labels.getOrDefault(state.getMetadata().getName(), Map.of()),
                        versions(state)))
            .toList();
    Optional<MdevClass> wanted =
        Wanted.classes(specs, publishers, labels.getOrDefault(node, Map.of())).stream()
            .filter(mdevClass -> mdevClass.labelKey().equals(key))
            .findFirst();
    if (wanted.isPresent()) {
      return new Wanting(wanted, Wish.WANTED);
    }
    boolean doubtful =
        labels.entrySet().stream()
            .filter(n -> n.getValue().keySet().stream().anyMatch(MdevClass::isOwnLabel))
            .anyMatch(
                n ->
                    Row.inventory(Optional.ofNullable(states.get(n.getKey())))
                        .filter(Inventory::complete)
                        .isEmpty());
    return new Wanting(Optional.empty(), doubtful ? Wish.DOUBTFUL : Wish.UNWANTED);
  }

  private static Map<String, String> labels(Node node) {
    return Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of());
  }

  private static Map<String, Map<String, String>> versions(MdevNodeState state) {
    Map<String, Map<String, String>> versions = new TreeMap<>();
    Row.inventory(Optional.of(state))
        .ifPresent(
            inventory -> {
              Map<String, String> byDigest = new HashMap<>();
              for (PublishedVersion published : inventory.versions()) {
                byDigest.put(published.digest(), published.version());
              }
              for (ParentGroup group : inventory.parentGroups()) {
                Map<String, String> ofGroup = new TreeMap<>();
                for (ParentType type : group.types()) {
                  Optional.ofNullable(type.version())
                      .map(byDigest::get)
                      .ifPresent(version -> ofGroup.put(type.type(), version));
                }
                group.parents().forEach(parent -> versions.put(parent, ofGroup));
              }
            });
    return versions;
  }

  private <T extends HasMetadata> Map<String, T> newest(
      String resource, long moment, Class<T> type) {
    Map<String, T> newest = new TreeMap<>();
    of(resource)
        .forEach(
            (name, all) ->
                newest(all, moment)
                    .flatMap(Saw::object)
                    .ifPresent(object -> newest.put(name, type.cast(object))));
    return newest;
  }

  /** The newest that surely counts, and every newer one that may. */
  private List<Optional<HasMetadata>> candidates(
      String resource, String name, long at, long slack) {
    List<Saw> all = of(resource).getOrDefault(name, List.of());
    Optional<Saw> base = newest(all, at - slack);
    long version = base.map(Saw::version).orElse(-1L);
    List<Optional<HasMetadata>> candidates = new ArrayList<>();
    candidates.add(base.flatMap(Saw::object));
    all.stream()
        .filter(saw -> saw.at() > at - slack && saw.at() <= at && saw.version() > version)
        .map(Saw::object)
        .forEach(candidates::add);
    return candidates;
  }

  private static Optional<Saw> newest(List<Saw> all, long moment) {
    Saw newest = null;
    for (Saw saw : all) {
      if (saw.at() <= moment && (newest == null || saw.version() >= newest.version())) {
        newest = saw;
      }
    }
    return Optional.ofNullable(newest);
  }

  private Map<String, List<Saw>> of(String resource) {
    return seen.computeIfAbsent(Objects.requireNonNull(resource), r -> new TreeMap<>());
  }
}
