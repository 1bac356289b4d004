package io.mdevmigration.e2e.bench;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which nodes there are and what each accepts. There are as many kinds of devices as classes of a
 * type, spread evenly over the nodes, one kind on each; each publishes a version of its own of
 * every type and accepts that one and those of the kinds before it. The drivers share the kinds in
 * turn.
 *
 * @param nodes how many, 1 at least
 * @param classes of each type, 1 at least and no more than nodes
 * @param drivers 1 at least and no more than classes
 * @param types that each node offers, 1 at least: one is asked about from nothing, another one
 *     later if there is one
 * @param parents that offer each of them, 1 at least
 */
public record FleetPlan(int nodes, int classes, int drivers, int types, int parents) {
  /** The type that is asked about from the beginning. */
  public static final int FIRST = 0;

  /** The type that is asked about once all inventories are stored. */
  public static final int SECOND = 1;

  public FleetPlan {
    if (nodes < 1 || classes < 1 || drivers < 1 || types < 1 || parents < 1) {
      throw new IllegalArgumentException(
          "a fleet has one node, one class of each type, one driver, one type and one parent at"
              + " least");
    }
    if (classes > nodes || drivers > classes) {
      throw new IllegalArgumentException(
          "a fleet has no more classes than nodes and no more drivers than classes");
    }
  }

  /** A fleet in which each class has a driver of its own. */
  public FleetPlan(int nodes, int classes, int types, int parents) {
    this(nodes, classes, classes, types, parents);
  }

  /** A node's name. */
  public static String node(int node) {
    return "node-%05d".formatted(node);
  }

  /** The names of all nodes. */
  public List<String> names() {
    return IntStream.range(0, nodes).mapToObj(FleetPlan::node).toList();
  }

  /** A type's full name. */
  public static String type(int type) {
    return "sample-T%02d".formatted(type);
  }

  private static String version(int kind) {
    return "v%02d".formatted(kind);
  }

  /** The class that a kind of devices publishes of a type. */
  public static MdevClass mdevClass(int type, int kind) {
    return new MdevClass(type(type), version(kind));
  }

  /** Which kind of devices a node has, counted from 0. */
  public int kindOf(int node) {
    return node % classes;
  }

  /** The driver of a kind of devices as it is at the start. */
  public SimulatedDriver driver(int kind) {
    String[] accepted =
        IntStream.rangeClosed(0, kind).mapToObj(FleetPlan::version).toArray(String[]::new);
    SimulatedDriver built =
        SimulatedDriver.named("sample").version("1." + kind % drivers).parents(parents);
    for (int i = 0; i < types; i++) {
      built = built.type(type(i), type -> type.version(version(kind)).accepts(accepted));
    }
    return built;
  }

  /** The same driver, which accepts otherwise: of the first type the newest version alone. */
  SimulatedDriver altered(int kind) {
    return driver(kind)
        .type(type(FIRST), type -> type.version(version(kind)).accepts(alteredVersions()));
  }

  /** With a single kind, which accepts everything there is, nothing is left. */
  private String[] alteredVersions() {
    return classes == 1 ? new String[0] : new String[] {version(classes - 1)};
  }

  /** The labels that a node with a kind has to carry once a type has been asked about. */
  public Set<String> labels(int kind, int type) {
    return IntStream.rangeClosed(0, kind)
        .mapToObj(accepted -> mdevClass(type, accepted).labelKey())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The labels of the first type that a node with an altered driver has to carry. */
  Set<String> alteredLabels() {
    return Set.of(alteredVersions()).stream()
        .map(version -> new MdevClass(type(FIRST), version).labelKey())
        .collect(Collectors.toUnmodifiableSet());
  }
}
