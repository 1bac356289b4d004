package io.mdevmigration.operator.compatibility;

import static java.util.stream.Collectors.toSet;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.crds.VerdictCount;
import io.mdevmigration.operator.source.Recorded;
import io.mdevmigration.operator.source.Resolution;
import io.mdevmigration.operator.source.SourceClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
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
   * Renders a status.
   *
   * @param generation the generation of the spec that it is about
   * @param before the status that the object has
   * @param resolution what the sources come to
   * @param recorded what is to be recorded about trials, by digest
   * @param standings how the nodes to ask stand to the classes of the sources
   * @param now the time
   */
  public static MigrationCompatibilityStatus render(
      long generation,
      Optional<MigrationCompatibilityStatus> before,
      Resolution resolution,
      Map<String, Recorded> recorded,
      Standings standings,
      Instant now) {
    Map<MdevClass, SortedMap<Standing, SomeNodes>> byClass = new LinkedHashMap<>();
    standings.classes().forEach(mdevClass -> byClass.put(mdevClass, standings.to(mdevClass)));
    Map<Verdict, Integer> overall = standings.overall();
    return new MigrationCompatibilityStatus(
        generation,
        conditions(generation, before, resolution, recorded, standings, now),
        resolution.classes().size(),
        sources(resolution, byClass, recorded, before),
        overall.getOrDefault(Verdict.COMPATIBLE, 0),
        overall.getOrDefault(Verdict.INCOMPATIBLE, 0),
        overall.getOrDefault(Verdict.UNSUPPORTED, 0),
        overall.getOrDefault(Verdict.UNKNOWN, 0),
        verdicts(byClass));
  }

  /** The classes that are published, and behind them those of which more than that is recorded. */
  private static List<SourceStatus> sources(
      Resolution resolution,
      Map<MdevClass, SortedMap<Standing, SomeNodes>> byClass,
      Map<String, Recorded> recorded,
      Optional<MigrationCompatibilityStatus> before) {
    List<SourceStatus> published =
        resolution.classes().stream()
            .map(
                source ->
                    source(
                        source,
                        byClass.get(source.mdevClass()),
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
      SourceClass source, Map<Standing, SomeNodes> standings, Recorded recorded) {
    MdevClass mdevClass = source.mdevClass();
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    standings.forEach((s, nodes) -> counts.merge(s.verdict(), nodes.count(), Integer::sum));
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
  private static List<VerdictCount> verdicts(
      Map<MdevClass, SortedMap<Standing, SomeNodes>> byClass) {
    int most = byClass.isEmpty() ? 0 : VERDICTS_MAX / byClass.size();
    List<VerdictCount> verdicts = new ArrayList<>();
    byClass.forEach(
        (mdevClass, standings) -> {
          List<Map.Entry<Standing, SomeNodes>> all = List.copyOf(standings.entrySet());
          boolean fits = all.size() <= most;
          all.stream()
              .limit(fits ? most : most - 1)
              .forEach(e -> verdicts.add(verdict(mdevClass, e.getKey(), e.getValue())));
          if (!fits) {
            SomeNodes rest =
                all.stream()
                    .skip(most - 1)
                    .map(Map.Entry::getValue)
                    .reduce(SomeNodes.NONE, SomeNodes::and);
            Standing first = all.get(most - 1).getKey();
            verdicts.add(verdict(mdevClass, first.amongOthers(), rest));
          }
        });
    return verdicts;
  }

  private static VerdictCount verdict(MdevClass mdevClass, Standing standing, SomeNodes nodes) {
    return new VerdictCount(
        mdevClass.digest(),
        standing.verdict(),
        standing.reason(),
        standing.errno().orElse(null),
        standing.errnoName().orElse(null),
        nodes.count(),
        nodes.names(),
        nodes.unnamed());
  }

  private static List<Condition> conditions(
      long generation,
      Optional<MigrationCompatibilityStatus> before,
      Resolution resolution,
      Map<String, Recorded> recorded,
      Standings standings,
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
    Condition evaluated = evaluated(conditions, resolution, recorded, standings);
    boolean ready = resolved.getStatus().equals("True") && evaluated.getStatus().equals("True");
    Condition blame = resolved.getStatus().equals("True") ? evaluated : resolved;
    return List.of(
        conditions.of("Ready", ready, blame.getReason(), blame.getMessage()), resolved, evaluated);
  }

  private static Condition evaluated(
      Conditions conditions,
      Resolution resolution,
      Map<String, Recorded> recorded,
      Standings standings) {
    int targets = standings.targets();
    SomeNodes silent = standings.silent();
    boolean allAnswered = silent.count() == 0;
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
    if (!allAnswered && suspected.isPresent()) {
      return conditions.of("Evaluated", false, Evaluation.SUSPECTED.toString(), suspected.get());
    }
    if (!allAnswered) {
      return conditions.of(
          "Evaluated",
          false,
          Evaluation.ANSWERS_MISSING.toString(),
          silent.count()
              + " of "
              + targets
              + " target(s) have not answered for every source: "
              + String.join(", ", silent.names())
              + (silent.unnamed() > 0 ? ", …" : "")
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
