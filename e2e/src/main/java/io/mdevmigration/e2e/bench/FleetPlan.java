package io.mdevmigration.e2e.bench;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which nodes there are and what each accepts. There are as many drivers as classes of a type,
 * spread evenly over the nodes; each publishes a version of its own of every type and accepts that
 * one and those of the drivers before it.
 *
 * @param nodes how many, 1 at least
 * @param classes of each type, 1 at least and no more than nodes
 * @param types that each node offers, 1 at least: one is asked about from nothing, another one
 *     later if there is one
 * @param parents that offer each of them, 1 at least
 */
public record FleetPlan(int nodes, int classes, int types, int parents) {
  /** The type that is asked about from the beginning. */
  public static final int FIRST = 0;

  /** The type that is asked about once all inventories are stored. */
  public static final int SECOND = 1;

  public FleetPlan {
    if (nodes < 1 || classes < 1 || classes > nodes || types < 1 || parents < 1) {
      throw new IllegalArgumentException(
          "a fleet has one node, one class of each type, one type and one parent at least, and no"
              + " more classes than nodes");
    }
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

  private static String version(int driver) {
    return "v%02d".formatted(driver);
  }

  /** The class that a driver publishes of a type. */
  public static MdevClass mdevClass(int type, int driver) {
    return new MdevClass(type(type), version(driver));
  }

  /** Which of the drivers a node has, counted from 0. */
  public int driverOf(int node) {
    return node % classes;
  }

  /** A driver as it is at the start. */
  public SimulatedDriver driver(int driver) {
    String[] accepted =
        IntStream.rangeClosed(0, driver).mapToObj(FleetPlan::version).toArray(String[]::new);
    SimulatedDriver built = SimulatedDriver.named("sample").version("1." + driver).parents(parents);
    for (int i = 0; i < types; i++) {
      built = built.type(type(i), type -> type.version(version(driver)).accepts(accepted));
    }
    return built;
  }

  /** The same driver, which accepts otherwise: of the first type the newest version alone. */
  SimulatedDriver altered(int driver) {
    return driver(driver)
        .type(type(FIRST), type -> type.version(version(driver)).accepts(alteredVersions()));
  }

  /** With a single driver, which accepts everything there is, nothing is left. */
  private String[] alteredVersions() {
    return classes == 1 ? new String[0] : new String[] {version(classes - 1)};
  }

  /** The labels that a node with a driver has to carry once a type has been asked about. */
  public Set<String> labels(int driver, int type) {
    return IntStream.rangeClosed(0, driver)
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
