package io.mdevmigration.operator.compatibility;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.operator.compatibility.SomeNodes.Gathering;
import io.mdevmigration.operator.compatibility.Standings.Alike;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Remembers how nodes stand to the classes of one MigrationCompatibility, so that a status costs
 * work for the nodes of which something has changed, and next to nothing for the others. For one
 * thread at a time.
 */
public final class KnownStandings {
  private List<MdevClass> classes = List.of();
  private Map<String, Settled> settled = Map.of();

  /** Those that there were at the last look. */
  private Map<List<Standing>, Way> ways = Map.of();

  /** A way to stand to all classes. There is one object of each, so that nodes compare fast. */
  private static final class Way {
    private final List<Standing> standings;

    Way(List<Standing> standings) {
      this.standings = standings;
    }

    boolean isSettled() {
      return standings.stream().allMatch(standing -> standing.verdict().isDefinite());
    }
  }

  /**
   * A node that has answered for every class: nothing but node, report and the report's age has a
   * say in how it stands.
   *
   * @param target the node and its report
   * @param until when the report will be too old
   * @param way how it stands
   */
  private record Settled(TargetNode target, Instant until, Way way) {
    boolean holdsFor(TargetNode other, Instant now) {
      return target.equals(other) && !now.isAfter(until);
    }
  }

  /**
   * How nodes stand now.
   *
   * @param sources the classes
   * @param withheld why a node is not asked about a class that is new to its driver; called for no
   *     node that had answered for every class and has not changed since
   * @param targets the nodes, each once
   * @param now the time
   */
  public Standings look(
      List<MdevClass> sources,
      BiFunction<NodeReport, MdevClass, Optional<Reason>> withheld,
      Collection<TargetNode> targets,
      Instant now) {
    if (!sources.equals(classes)) {
      classes = List.copyOf(sources);
      settled = Map.of();
      ways = Map.of();
    }
    Map<String, Settled> settledNow = new HashMap<>();
    Map<List<Standing>, Way> found = new HashMap<>(ways);
    Map<Way, Gathering> alike = new HashMap<>();
    for (TargetNode target : targets) {
      Optional<Settled> node =
          Optional.ofNullable(settled.get(target.name())).filter(s -> s.holdsFor(target, now));
      Way way =
          node.map(Settled::way)
              .orElseGet(() -> found.computeIfAbsent(standings(target, withheld, now), Way::new));
      node.or(() -> settle(target, way, now)).ifPresent(s -> settledNow.put(target.name(), s));
      alike.computeIfAbsent(way, w -> new Gathering()).add(target.name());
    }
    settled = settledNow;
    ways = alike.keySet().stream().collect(toMap(way -> way.standings, way -> way));
    return new Standings(
        classes,
        alike.entrySet().stream()
            .map(same -> new Alike(same.getKey().standings, same.getValue().gathered()))
            .collect(toSet()));
  }

  private List<Standing> standings(
      TargetNode target,
      BiFunction<NodeReport, MdevClass, Optional<Reason>> withheld,
      Instant now) {
    return classes.stream()
        .map(
            mdevClass ->
                Standing.of(
                    target.node(),
                    target.report(),
                    mdevClass,
                    withheld.apply(target.report(), mdevClass),
                    now))
        .toList();
  }

  private static Optional<Settled> settle(TargetNode target, Way way, Instant now) {
    return way.isSettled()
        ? target.report().freshUntil(now).map(until -> new Settled(target, until, way))
        : Optional.empty();
  }
}
