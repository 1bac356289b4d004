package io.mdevmigration.operator.compatibility;

import static java.util.stream.Collectors.toSet;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.crds.VerdictCount;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.source.Recorded;
import io.mdevmigration.operator.source.Resolution;
import io.mdevmigration.operator.source.SourceClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Renders the status of a MigrationCompatibility. Counts are exact; lists are capped, so that the
 * status does not grow with the fleet.
 */
public final class CompatibilityStatus {
  /** Entries of {@code status.verdicts}, at most. */
  static final int VERDICTS_MAX = 256;

  private CompatibilityStatus() {}

  /**
   * A node that is to be asked, with what it says.
   *
   * @param node the node
   * @param report what its MdevNodeState says
   */
  public record TargetNode(NodeFacts node, NodeReport report) {}

  /**
   * Renders a status.
   *
   * @param generation the generation of the spec that it is about
   * @param before the status that the object has
   * @param resolution what the sources come to
   * @param recorded what is to be recorded about trials, by digest
   * @param withheld why a node is not asked about a class that is new to its driver
   * @param targets the nodes to ask
   * @param now the time
   */
  public static MigrationCompatibilityStatus render(
      long generation,
      Optional<MigrationCompatibilityStatus> before,
      Resolution resolution,
      Map<String, Recorded> recorded,
      BiFunction<NodeReport, MdevClass, Optional<Reason>> withheld,
      List<TargetNode> targets,
      Instant now) {
    List<TargetNode> sorted =
        targets.stream().sorted(Comparator.comparing(t -> t.node().name())).toList();
    Map<Verdict, Integer> overall = new EnumMap<>(Verdict.class);
    List<String> silent = new ArrayList<>();
    Map<MdevClass, Map<Standing, List<String>>> bySource =
        new TreeMap<>(Comparator.comparing(MdevClass::digest));
    resolution.mdevClasses().forEach(c -> bySource.put(c, new TreeMap<>(Standing.WORST_FIRST)));
    for (TargetNode target : sorted) {
      Verdict worst = bySource.isEmpty() ? Verdict.UNKNOWN : Verdict.COMPATIBLE;
      boolean answered = !bySource.isEmpty();
      for (var source : bySource.entrySet()) {
        Standing standing = standing(target, source.getKey(), withheld, now);
        String name = target.node().name();
        source.getValue().computeIfAbsent(standing, s -> new ArrayList<>()).add(name);
        worst = worst.compareTo(standing.verdict()) >= 0 ? worst : standing.verdict();
        answered &= standing.verdict().isDefinite();
      }
      overall.merge(worst, 1, Integer::sum);
      if (!answered) {
        silent.add(target.node().name());
      }
    }
    return new MigrationCompatibilityStatus(
        generation,
        conditions(generation, before, resolution, recorded, sorted.size(), silent, now),
        resolution.classes().size(),
        sources(resolution, bySource, recorded, before),
        overall.getOrDefault(Verdict.COMPATIBLE, 0),
        overall.getOrDefault(Verdict.INCOMPATIBLE, 0),
        overall.getOrDefault(Verdict.UNSUPPORTED, 0),
        overall.getOrDefault(Verdict.UNKNOWN, 0),
        verdicts(bySource));
  }

  private static Standing standing(
      TargetNode target,
      MdevClass mdevClass,
      BiFunction<NodeReport, MdevClass, Optional<Reason>> withheld,
      Instant now) {
    return Standing.of(
        target.node(), target.report(), mdevClass, withheld.apply(target.report(), mdevClass), now);
  }

  /** The classes that are published, and behind them those of which more than that is recorded. */
  private static List<SourceStatus> sources(
      Resolution resolution,
      Map<MdevClass, Map<Standing, List<String>>> bySource,
      Map<String, Recorded> recorded,
      Optional<MigrationCompatibilityStatus> before) {
    List<SourceStatus> published =
        resolution.classes().stream()
            .map(
                source ->
                    source(
                        source,
                        bySource.get(source.mdevClass()),
                        recorded.getOrDefault(source.mdevClass().digest(), Recorded.NOTHING)))
            .toList();
    Set<String> digests = published.stream().map(SourceStatus::digest).collect(toSet());
    Stream<SourceStatus> former =
        before.stream()
            .flatMap(status -> status.sources().stream())
            .filter(s -> recorded.containsKey(s.digest()) && !digests.contains(s.digest()))
            .map(s -> former(s, recorded.get(s.digest())));
    return Stream.concat(published.stream(), former).limit(Api.CLASSES_PER_TYPE_MAX).toList();
  }

  private static SourceStatus former(SourceStatus source, Recorded recorded) {
    return new SourceStatus(
        source.digest(),
        source.version(),
        0,
        source.label(),
        0,
        0,
        0,
        0,
        recorded.trial().orElse(null),
        recorded.suspected());
  }

  private static SourceStatus source(
      SourceClass source, Map<Standing, List<String>> standings, Recorded recorded) {
    MdevClass mdevClass = source.mdevClass();
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    standings.forEach((s, nodes) -> counts.merge(s.verdict(), nodes.size(), Integer::sum));
    String version = mdevClass.version();
    return new SourceStatus(
        mdevClass.digest(),
        version.substring(0, Math.min(version.length(), SourceStatus.VERSION_SHOWN_MAX)),
        source.publishers(),
        mdevClass.labelKey(),
        counts.getOrDefault(Verdict.COMPATIBLE, 0),
        counts.getOrDefault(Verdict.INCOMPATIBLE, 0),
        counts.getOrDefault(Verdict.UNSUPPORTED, 0),
        counts.getOrDefault(Verdict.UNKNOWN, 0),
        recorded.trial().orElse(null),
        recorded.suspected());
  }

  /** Of a source with more different standings than fit, the last are counted as one. */
  private static List<VerdictCount> verdicts(Map<MdevClass, Map<Standing, List<String>>> bySource) {
    int most = bySource.isEmpty() ? 0 : VERDICTS_MAX / bySource.size();
    List<VerdictCount> verdicts = new ArrayList<>();
    bySource.forEach(
        (mdevClass, standings) -> {
          List<Map.Entry<Standing, List<String>>> all = List.copyOf(standings.entrySet());
          boolean fits = all.size() <= most;
          all.stream()
              .limit(fits ? most : most - 1)
              .forEach(e -> verdicts.add(verdict(mdevClass, e.getKey(), e.getValue())));
          if (!fits) {
            List<String> rest =
                all.stream().skip(most - 1).flatMap(e -> e.getValue().stream()).sorted().toList();
            Standing first = all.get(most - 1).getKey();
            verdicts.add(verdict(mdevClass, first.amongOthers(), rest));
          }
        });
    return verdicts;
  }

  private static VerdictCount verdict(MdevClass mdevClass, Standing standing, List<String> nodes) {
    return new VerdictCount(
        mdevClass.digest(),
        standing.verdict(),
        standing.reason(),
        standing.errno().orElse(null),
        standing.errnoName().orElse(null),
        nodes.size(),
        nodes.stream().limit(Api.NAMES_MAX).toList(),
        Math.max(0, nodes.size() - Api.NAMES_MAX));
  }

  private static List<Condition> conditions(
      long generation,
      Optional<MigrationCompatibilityStatus> before,
      Resolution resolution,
      Map<String, Recorded> recorded,
      int targets,
      List<String> silent,
      Instant now) {
    Conditions conditions =
        new Conditions(
            before.map(MigrationCompatibilityStatus::conditions).orElse(List.of()),
            generation,
            now);
    Condition resolved =
        resolution
            .trouble()
            .map(t -> conditions.of("SourceResolved", false, t.reason(), t.message()))
            .orElseGet(
                () ->
                    conditions.of(
                        "SourceResolved",
                        true,
                        Evaluation.RESOLVED,
                        resolution.classes().size() + " version(s) to ask about"));
    Condition evaluated = evaluated(conditions, resolution, recorded, targets, silent);
    boolean ready = resolved.getStatus().equals("True") && evaluated.getStatus().equals("True");
    Condition blame = resolved.getStatus().equals("True") ? evaluated : resolved;
    return List.of(
        conditions.of("Ready", ready, blame.getReason(), blame.getMessage()), resolved, evaluated);
  }

  private static Condition evaluated(
      Conditions conditions,
      Resolution resolution,
      Map<String, Recorded> recorded,
      int targets,
      List<String> silent) {
    if (targets == 0) {
      return conditions.of(
          "Evaluated",
          false,
          Evaluation.NO_TARGETS.toString(),
          "no node that spec.target selects has an MdevNodeState: see whether the daemon runs on"
              + " the nodes, and compare their labels with spec.target.nodeSelector");
    }
    if (resolution.classes().isEmpty()) {
      return conditions.of(
          "Evaluated", false, Evaluation.NO_SOURCES.toString(), "there is no version to ask about");
    }
    Optional<String> suspected = suspected(resolution, recorded);
    if (!silent.isEmpty() && suspected.isPresent()) {
      return conditions.of("Evaluated", false, Evaluation.SUSPECTED.toString(), suspected.get());
    }
    if (!silent.isEmpty()) {
      return conditions.of(
          "Evaluated",
          false,
          Evaluation.ANSWERS_MISSING.toString(),
          silent.size()
              + " of "
              + targets
              + " target(s) have not answered for every source: "
              + silent.stream().limit(Api.NAMES_MAX).collect(Collectors.joining(", "))
              + (silent.size() > Api.NAMES_MAX ? ", …" : "")
              + "; status.verdicts says why");
    }
    return conditions.of(
        "Evaluated",
        true,
        Evaluation.ALL_ANSWERED.toString(),
        "all " + targets + " target(s) have answered");
  }

  private static Optional<String> suspected(Resolution resolution, Map<String, Recorded> recorded) {
    List<String> digests =
        resolution.mdevClasses().stream()
            .map(MdevClass::digest)
            .filter(
                digest -> !recorded.getOrDefault(digest, Recorded.NOTHING).suspected().isEmpty())
            .toList();
    return digests.stream()
        .findFirst()
        .map(
            digest ->
                "node "
                    + recorded.get(digest).suspected().get(0).node()
                    + " went away, booted or fell silent while its driver was asked about version "
                    + digest
                    + (digests.size() > 1 ? " (and likewise for others)" : "")
                    + ", so no other node with that driver is asked: see that node's kernel log;"
                    + " to have it tried again, put the digest into spec.retrySuspected");
  }
}
