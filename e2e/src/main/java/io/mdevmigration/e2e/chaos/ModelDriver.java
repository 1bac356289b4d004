package io.mdevmigration.e2e.chaos;

import io.mdevmigration.e2e.chaos.ModelType.Mood;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A driver on paper: what each of its parents says about each type. Immutable.
 *
 * @param release its version
 * @param parents the parents that it has bound
 * @param types what every parent says, by type
 * @param odd what single parents say otherwise, by parent and type; of types that all offer
 */
record ModelDriver(
    String release,
    List<String> parents,
    Map<String, ModelType> types,
    Map<String, Map<String, ModelType>> odd) {
  /** No driver at all. */
  static final ModelDriver NONE = new ModelDriver("", List.of(), Map.of(), Map.of());

  /** How every driver and its module are called. */
  static final String NAME = "sample";

  ModelDriver {
    parents = List.copyOf(parents);
    types = Map.copyOf(types);
    odd = Map.copyOf(odd);
  }

  /** What a parent says about a type; empty if it does not offer it. */
  Optional<ModelType> type(String parent, String type) {
    return Optional.ofNullable(types.get(type))
        .map(usual -> odd.getOrDefault(parent, Map.of()).getOrDefault(type, usual));
  }

  /** Whether every parent takes a string, and there is one. */
  boolean takes(String type, String string) {
    return !parents.isEmpty()
        && parents.stream()
            .allMatch(parent -> type(parent, type).filter(t -> t.takes(string)).isPresent());
  }

  /** What is published, by parent and type. */
  Map<String, Map<String, String>> published() {
    Map<String, Map<String, String>> all = new TreeMap<>();
    for (String parent : parents) {
      Map<String, String> versions = new TreeMap<>();
      for (String type : types.keySet()) {
        type(parent, type)
            .flatMap(ModelType::published)
            .ifPresent(version -> versions.put(type, version));
      }
      all.put(parent, versions);
    }
    return all;
  }

  ModelDriver withParents(List<String> others) {
    return new ModelDriver(release, others, types, odd);
  }

  ModelDriver plusParent(String parent) {
    List<String> more = new ArrayList<>(parents);
    more.add(parent);
    return withParents(more);
  }

  ModelDriver minusParent(String parent) {
    return withParents(parents.stream().filter(p -> !p.equals(parent)).toList());
  }

  /** With one type otherwise, on every parent. */
  ModelDriver changed(String type, UnaryOperator<ModelType> how) {
    Map<String, ModelType> changed = new HashMap<>(types);
    changed.computeIfPresent(type, (name, before) -> how.apply(before));
    Map<String, Map<String, ModelType>> changedOdd = new HashMap<>();
    odd.forEach(
        (parent, own) -> {
          Map<String, ModelType> copy = new HashMap<>(own);
          copy.computeIfPresent(type, (name, before) -> how.apply(before));
          changedOdd.put(parent, copy);
        });
    return new ModelDriver(release, parents, changed, changedOdd);
  }

  /** With one type otherwise on one parent. */
  ModelDriver odd(String parent, String type, ModelType what) {
    Map<String, Map<String, ModelType>> changed = new HashMap<>(odd);
    Map<String, ModelType> own = new HashMap<>(odd.getOrDefault(parent, Map.of()));
    own.put(type, what);
    changed.put(parent, own);
    return new ModelDriver(release, parents, types, changed);
  }

  boolean isLoaded() {
    return !release.isEmpty();
  }

  boolean has(Mood mood) {
    return all().anyMatch(type -> type.moods().containsValue(mood));
  }

  boolean isBroken() {
    return all().anyMatch(type -> type.access() == ModelType.Access.BROKEN);
  }

  /** Without moods, and with what was broken repaired. */
  ModelDriver calm() {
    ModelDriver calm = this;
    for (String type : types.keySet()) {
      calm = calm.changed(type, ModelType::calm);
    }
    return calm;
  }

  private Stream<ModelType> all() {
    return Stream.concat(
        types.values().stream(), odd.values().stream().flatMap(own -> own.values().stream()));
  }

  /** The same as a driver that the simulated kernel can load. */
  SimulatedDriver simulate() {
    SimulatedDriver driver = SimulatedDriver.named(NAME).version(release).parents(parents);
    for (String type : new TreeSet<>(types.keySet())) {
      if (odd.values().stream().noneMatch(own -> own.containsKey(type))) {
        driver = driver.type(type, types.get(type)::simulate);
      } else {
        for (String parent : Vendor.parents()) {
          driver = driver.on(parent, type, type(parent, type).orElseThrow()::simulate);
        }
      }
    }
    return driver;
  }

  @Override
  public String toString() {
    return "%s on %s %s%s"
        .formatted(release, parents, new TreeMap<>(types), odd.isEmpty() ? "" : " but " + odd);
  }
}
