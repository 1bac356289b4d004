package io.mdevmigration.e2e.kubevirt;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
   * @param type the mdev type of its devices; both types are one extended resource
   * @param parents 1 or 2; each offers the type
   * @param labels that an administrator has given it
   */
  record DrawnNode(
      String name, String type, List<DrawnParent> parents, Map<String, String> labels) {
    /** A node without labels. */
    DrawnNode(String name, String type, List<DrawnParent> parents) {
      this(name, type, parents, Map.of());
    }

    /** The same node with a label. */
    DrawnNode labelled(String key, String value) {
      return new DrawnNode(name, type, parents, Map.of(key, value));
    }

    /** What a migration from here has to be accepted for: all that the node publishes. */
    Set<MdevClass> classes() {
      return parents.stream()
          .map(parent -> new MdevClass(type, parent.version()))
          .collect(Collectors.toSet());
    }

    /** Whether each of its parents takes devices of this class. */
    boolean accepts(MdevClass mdevClass) {
      return mdevClass.type().equals(type)
          && parents.stream().allMatch(p -> p.accepts().contains(mdevClass.version()));
    }

    /** Its kernel, with this driver loaded. */
    SimulatedKernel kernel() {
      return SimulatedKernel.with(driver());
    }

    /** A driver that offers its type alone. */
    SimulatedDriver driver() {
      SimulatedDriver driver =
          SimulatedDriver.named("sample").version("1.0").parents(parents.size());
      for (int i = 0; i < parents.size(); i++) {
        DrawnParent parent = parents.get(i);
        driver =
            driver.on(
                SimulatedDriver.parentName(i),
                type,
                offered ->
                    offered
                        .version(parent.version())
                        .accepts(parent.accepts().toArray(String[]::new)));
      }
      return driver;
    }
  }

  /** A node with one parent. */
  static DrawnNode node(String name, String version, String... alsoAccepts) {
    return new DrawnNode(name, Lab.TYPE, List.of(parent(version, alsoAccepts)));
  }

  /** A parent that takes its own version and these. */
  static DrawnParent parent(String version, String... alsoAccepts) {
    Set<String> accepts = new TreeSet<>(Set.of(alsoAccepts));
    accepts.add(version);
    return new DrawnParent(version, accepts);
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
    String type = random.nextInt(5) == 0 ? Lab.OTHER_TYPE : Lab.TYPE;
    return new DrawnNode(name, type, parents);
  }

  /** All nodes. */
  List<DrawnNode> nodes() {
    List<DrawnNode> all = new ArrayList<>(List.of(source));
    all.addAll(others);
    return all;
  }

  /** Whether a node takes any device of the source. */
  boolean isAccepting(DrawnNode node) {
    return source.classes().stream().allMatch(node::accepts);
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
    return nodes().stream().flatMap(node -> node.classes().stream()).collect(Collectors.toSet());
  }

  /** The labels that a node of this fleet has to carry. */
  Set<String> labels(DrawnNode node) {
    return classes().stream()
        .filter(node::accepts)
        .map(MdevClass::labelKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public String toString() {
    return "%s with %s, accepting %s, refusing %s"
        .formatted(source.name(), source.classes(), names(accepting()), names(refusing()));
  }

  static List<String> names(List<DrawnNode> nodes) {
    return nodes.stream().map(DrawnNode::name).toList();
  }
}
