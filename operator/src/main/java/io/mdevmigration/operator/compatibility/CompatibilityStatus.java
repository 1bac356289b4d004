package io.mdevmigration.operator.compatibility;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.crds.VerdictCount;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.source.Resolution;
import io.mdevmigration.operator.source.SourceClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
   * @param targets the nodes to ask
   * @param now the time
   */
  public static MigrationCompatibilityStatus render(
      long generation,
      Optional<MigrationCompatibilityStatus> before,
      Resolution resolution,
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
        Standing standing = Standing.of(target.node(), target.report(), source.getKey(), now);
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
        conditions(generation, before, resolution, sorted.size(), silent, now),
        resolution.classes().size(),
        resolution.classes().stream()
            .map(source -> source(source, bySource.get(source.mdevClass()), before))
            .toList(),
        overall.getOrDefault(Verdict.COMPATIBLE, 0),
        overall.getOrDefault(Verdict.INCOMPATIBLE, 0),
        overall.getOrDefault(Verdict.UNSUPPORTED, 0),
        overall.getOrDefault(Verdict.UNKNOWN, 0),
        verdicts(bySource));
  }

  private static SourceStatus source(
      SourceClass source,
      Map<Standing, List<String>> standings,
      Optional<MigrationCompatibilityStatus> before) {
    MdevClass mdevClass = source.mdevClass();
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    standings.forEach((s, nodes) -> counts.merge(s.verdict(), nodes.size(), Integer::sum));
    Optional<SourceStatus> known =
        before.stream()
            .flatMap(status -> status.sources().stream())
            .filter(s -> s.digest().equals(mdevClass.digest()))
            .findFirst();
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
        known.map(SourceStatus::trial).orElse(null),
        known.map(SourceStatus::suspected).orElse(List.of()));
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
                        "Resolved",
                        resolution.classes().size() + " version(s) to ask about"));
    Condition evaluated = evaluated(conditions, resolution, targets, silent);
    boolean ready = resolved.getStatus().equals("True") && evaluated.getStatus().equals("True");
    Condition blame = resolved.getStatus().equals("True") ? evaluated : resolved;
    return List.of(
        conditions.of("Ready", ready, blame.getReason(), blame.getMessage()), resolved, evaluated);
  }

  private static Condition evaluated(
      Conditions conditions, Resolution resolution, int targets, List<String> silent) {
    if (targets == 0) {
      return conditions.of(
          "Evaluated",
          false,
          "NoTargets",
          "no node that spec.target selects has an MdevNodeState: see whether the daemon runs on"
              + " the nodes, and compare their labels with spec.target.nodeSelector");
    }
    if (resolution.classes().isEmpty()) {
      return conditions.of("Evaluated", false, "NoSources", "there is no version to ask about");
    }
    if (!silent.isEmpty()) {
      return conditions.of(
          "Evaluated",
          false,
          "AnswersMissing",
          silent.size()
              + " of "
              + targets
              + " target(s) have not answered for every source: "
              + silent.stream().limit(Api.NAMES_MAX).collect(Collectors.joining(", "))
              + (silent.size() > Api.NAMES_MAX ? ", …" : "")
              + "; status.verdicts says why");
    }
    return conditions.of(
        "Evaluated", true, "AllAnswered", "all " + targets + " target(s) have answered");
  }
}
