package io.mdevmigration.e2e.simulated;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * An mdev parent driver: which parents it binds, which types they offer, what those answer.
 * Immutable: each method gives another driver that differs in one thing.
 *
 * <pre>{@code
 * SimulatedDriver.named("sample").version("2.0").parents(2)
 *     .type("sample-A", t -> t.version("A-v2").accepts("A-v1", "A-v2").refuses("A-v9", EINVAL))
 *     .on("0000:00:03.0", "sample-A", t -> t.refuses("A-v1", ENXIO))
 * }</pre>
 */
public final class SimulatedDriver {
  /** How the link {@code driver} of a parent is. */
  enum DriverLink {
    PRESENT,
    ABSENT
  }

  private final String name;
  private Optional<String> version = Optional.empty();
  private Optional<String> srcversion = Optional.empty();
  private DriverLink driverLink = DriverLink.PRESENT;
  private List<String> parents = List.of(parentName(0));
  private Map<String, SimulatedType> types = Map.of();
  private Map<String, Map<String, SimulatedType>> ownTypes = Map.of();

  private SimulatedDriver(String name) {
    this.name = requireNonNull(name, "name");
  }

  private SimulatedDriver(SimulatedDriver other) {
    name = other.name;
    version = other.version;
    srcversion = other.srcversion;
    driverLink = other.driverLink;
    parents = other.parents;
    types = other.types;
    ownTypes = other.ownTypes;
  }

  /**
   * A driver with one parent, 0000:00:02.0, without types.
   *
   * @param name the driver's and its module's name
   */
  public static SimulatedDriver named(String name) {
    return new SimulatedDriver(name);
  }

  private SimulatedDriver with(Consumer<SimulatedDriver> change) {
    SimulatedDriver copy = new SimulatedDriver(this);
    change.accept(copy);
    return copy;
  }

  /** The content of {@code /sys/module/<name>/version}, which is absent otherwise. */
  public SimulatedDriver version(String moduleVersion) {
    return with(copy -> copy.version = Optional.of(moduleVersion));
  }

  /** The content of {@code /sys/module/<name>/srcversion}, which is absent otherwise. */
  public SimulatedDriver srcversion(String moduleSrcversion) {
    return with(copy -> copy.srcversion = Optional.of(moduleSrcversion));
  }

  /** The parents have no link {@code driver}, as purely virtual devices may. */
  public SimulatedDriver withoutDriverLink() {
    return with(copy -> copy.driverLink = DriverLink.ABSENT);
  }

  /** Binds so many parents: 0000:00:02.0, 0000:00:03.0 and so on. */
  public SimulatedDriver parents(int count) {
    return parents(IntStream.range(0, count).mapToObj(SimulatedDriver::parentName).toList());
  }

  /** Binds the parents of these names. */
  public SimulatedDriver parents(List<String> names) {
    List<String> distinct = List.copyOf(new LinkedHashSet<>(names));
    return with(copy -> copy.parents = distinct);
  }

  /** Offers a type on every parent, or offers one anew that it already does. */
  public SimulatedDriver type(String type, UnaryOperator<SimulatedType> how) {
    Map<String, SimulatedType> changed = new LinkedHashMap<>(types);
    changed.put(type, how.apply(SimulatedType.named(type)));
    return with(copy -> copy.types = changed);
  }

  /**
   * Offers a type on one parent otherwise than on the rest, or there alone. {@code how} starts from
   * what this parent offers so far.
   */
  public SimulatedDriver on(String parent, String type, UnaryOperator<SimulatedType> how) {
    SimulatedType before = type(parent, type).orElseGet(() -> SimulatedType.named(type));
    Map<String, SimulatedType> own = new LinkedHashMap<>(ownTypes.getOrDefault(parent, Map.of()));
    own.put(type, how.apply(before));
    Map<String, Map<String, SimulatedType>> changed = new LinkedHashMap<>(ownTypes);
    changed.put(parent, own);
    return with(copy -> copy.ownTypes = changed);
  }

  /** Offers a type no longer, on any parent. */
  public SimulatedDriver without(String type) {
    Map<String, SimulatedType> changed = new LinkedHashMap<>(types);
    changed.remove(type);
    Map<String, Map<String, SimulatedType>> own = new LinkedHashMap<>();
    ownTypes.forEach(
        (parent, map) -> {
          Map<String, SimulatedType> kept = new LinkedHashMap<>(map);
          kept.remove(type);
          own.put(parent, kept);
        });
    return with(
        copy -> {
          copy.types = changed;
          copy.ownTypes = own;
        });
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** The parents that it binds when it is loaded. */
  public List<String> parents() {
    return parents;
  }

  /** How the n-th parent is called unless a test says otherwise, from 0: a PCI address. */
  public static String parentName(int n) {
    int slot = n + 2;
    return "0000:%02x:%02x.0".formatted(slot / 32, slot % 32);
  }

  // ---- for the kernel

  Optional<String> moduleVersion() {
    return version;
  }

  Optional<String> moduleSrcversion() {
    return srcversion;
  }

  DriverLink driverLink() {
    return driverLink;
  }

  Optional<SimulatedType> type(String parent, String type) {
    SimulatedType own = ownTypes.getOrDefault(parent, Map.of()).get(type);
    return Optional.ofNullable(own == null ? types.get(type) : own);
  }

  /** The types of a parent, in the order of their first mention. */
  List<String> typeNames(String parent) {
    Set<String> names = new LinkedHashSet<>(types.keySet());
    names.addAll(ownTypes.getOrDefault(parent, Map.of()).keySet());
    return new ArrayList<>(names);
  }
}
