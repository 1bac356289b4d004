package io.mdevmigration.e2e.kubevirt;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A small fleet drawn by lot: one node with the machines, others that take its devices and others
 * that refuse, at least one of each kind.
 *
 * @param source the node that the machines are on
 * @param others 2 to 5 nodes
 */
record DrawnFleet(DrawnNode source, List<DrawnNode> others) {
  private static final List<String> VERSIONS = List.of("A-v1", "A-v2", "A-v3", "A-v4");

  /**
   * One parent device.
   *
   * @param version what it publishes
   * @param accepts what it takes; its own version always
   */
  record DrawnParent(String version, Set<String> accepts) {}

  /**
   * A node with one driver.
   *
   * @param name of the Node
   * @param parents 1 or 2; each offers the type
   */
  record DrawnNode(String name, List<DrawnParent> parents) {
    /** What a migration from here has to be accepted for: every version that the node publishes. */
    Set<String> versions() {
      return parents.stream()
          .map(DrawnParent::version)
          .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether each of its parents takes this version. */
    boolean accepts(String version) {
      return parents.stream().allMatch(parent -> parent.accepts().contains(version));
    }

    /** Its kernel, with the one type that this fleet has. */
    SimulatedKernel kernel() {
      SimulatedDriver driver =
          SimulatedDriver.named("sample").version("1.0").parents(parents.size());
      for (int i = 0; i < parents.size(); i++) {
        DrawnParent parent = parents.get(i);
        driver =
            driver.on(
                SimulatedDriver.parentName(i),
                Lab.TYPE,
                type ->
                    type.version(parent.version())
                        .accepts(parent.accepts().toArray(String[]::new)));
      }
      return SimulatedKernel.with(driver);
    }
  }

  /** Draws a fleet; the same seed draws the same. */
  static DrawnFleet of(long seed) {
    Random random = new Random(seed);
    while (true) {
      int count = 3 + random.nextInt(4);
      List<DrawnNode> nodes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        nodes.add(node("n" + seed + "-" + (char) ('a' + i), random));
      }
      DrawnFleet fleet = new DrawnFleet(nodes.get(0), List.copyOf(nodes.subList(1, count)));
      if (!fleet.accepting().isEmpty() && !fleet.refusing().isEmpty()) {
        return fleet;
      }
    }
  }

  private static DrawnNode node(String name, Random random) {
    List<DrawnParent> parents = new ArrayList<>();
    int count = random.nextInt(4) == 0 ? 2 : 1;
    for (int i = 0; i < count; i++) {
      String version = VERSIONS.get(random.nextInt(VERSIONS.size()));
      Set<String> accepts = new TreeSet<>(Set.of(version));
      VERSIONS.stream().filter(any -> random.nextInt(5) < 2).forEach(accepts::add);
      parents.add(new DrawnParent(version, accepts));
    }
    return new DrawnNode(name, parents);
  }

  /** All nodes. */
  List<DrawnNode> nodes() {
    List<DrawnNode> all = new ArrayList<>(List.of(source));
    all.addAll(others);
    return all;
  }

  /** Whether a node takes any device of the source. */
  boolean isAccepting(DrawnNode node) {
    return source.versions().stream().allMatch(node::accepts);
  }

  /** The nodes that the machines may move to. */
  List<DrawnNode> accepting() {
    return others.stream().filter(this::isAccepting).toList();
  }

  /** The nodes that the machines must not move to. */
  List<DrawnNode> refusing() {
    return others.stream().filter(node -> !isAccepting(node)).toList();
  }

  /** The classes that there are in this fleet. */
  Set<MdevClass> classes() {
    return nodes().stream()
        .flatMap(node -> node.versions().stream())
        .map(version -> new MdevClass(Lab.TYPE, version))
        .collect(Collectors.toSet());
  }

  /** The labels that a node of this fleet has to carry. */
  Set<String> labels(DrawnNode node) {
    return classes().stream()
        .filter(any -> node.accepts(any.version()))
        .map(MdevClass::labelKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public String toString() {
    return "%s with %s, accepting %s, refusing %s"
        .formatted(source.name(), source.versions(), names(accepting()), names(refusing()));
  }

  static List<String> names(List<DrawnNode> nodes) {
    return nodes.stream().map(DrawnNode::name).toList();
  }
}
