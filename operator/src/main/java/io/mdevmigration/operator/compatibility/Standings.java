package io.mdevmigration.operator.compatibility;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Verdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the targets of a MigrationCompatibility stand to its classes. Those that stand alike to all
 * of them are counted together: what is made of it costs work for each way to stand, not for each
 * node.
 *
 * @param classes as the object has them
 * @param alike each way to stand once
 */
public record Standings(List<MdevClass> classes, Set<Alike> alike) {

  public Standings {
    classes = List.copyOf(classes);
    alike = Set.copyOf(alike);
  }

  /**
   * The nodes that stand alike.
   *
   * @param standings to each class, in their order
   * @param nodes who they are
   */
  record Alike(List<Standing> standings, SomeNodes nodes) {
    /** By the worst that any class comes to; Unknown if there is no class. */
    Verdict verdict() {
      return standings.stream()
          .map(Standing::verdict)
          .max(Verdict.BEST_FIRST)
          .orElse(Verdict.UNKNOWN);
    }

    /** Whether they have answered for every class, and there is one. */
    boolean haveAnswered() {
      return !standings.isEmpty() && standings.stream().allMatch(s -> s.verdict().isDefinite());
    }
  }

  /** How many targets there are. */
  int targets() {
    return alike.stream().mapToInt(same -> same.nodes().count()).sum();
  }

  /** How many targets each verdict has, by the worst that any class comes to. */
  Map<Verdict, Integer> overall() {
    Map<Verdict, Integer> overall = new EnumMap<>(Verdict.class);
    alike.forEach(same -> overall.merge(same.verdict(), same.nodes().count(), Integer::sum));
    return overall;
  }

  /** The targets that have not answered for every class. */
  SomeNodes silent() {
    return alike.stream()
        .filter(same -> !same.haveAnswered())
        .map(Alike::nodes)
        .reduce(SomeNodes.NONE, SomeNodes::and);
  }

  /** The targets by how they stand to one of the classes, the worst first. */
  SortedMap<Standing, SomeNodes> to(MdevClass mdevClass) {
    int at = classes.indexOf(mdevClass);
    SortedMap<Standing, SomeNodes> nodes = new TreeMap<>(Standing.WORST_FIRST);
    alike.forEach(same -> nodes.merge(same.standings().get(at), same.nodes(), SomeNodes::and));
    return nodes;
  }
}
