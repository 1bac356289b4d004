package io.mdevmigration.operator.compatibility;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.OTHER_REVISION;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class KnownStandingsTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");
  private static final List<MdevClass> BOTH = List.of(A1, A2);

  /** What a node may say. */
  private enum Said {
    BOTH_ACCEPTED,
    ONE_REFUSED,
    ONE_ANSWERED,
    OUTDATED,
    ANOTHER_BOOT,
    NOTHING;

    Reports by(String name) {
      Reports report = Reports.of(name).offers("sample-A");
      return switch (this) {
        case BOTH_ACCEPTED ->
            report.answers(A1, Verdict.COMPATIBLE).answers(A2, Verdict.COMPATIBLE);
        case ONE_REFUSED ->
            report.answers(A1, Verdict.COMPATIBLE).answers(A2, Verdict.INCOMPATIBLE);
        case ONE_ANSWERED -> report.answers(A1, Verdict.COMPATIBLE);
        case OUTDATED ->
            report.answers(A1, Verdict.COMPATIBLE, OTHER_REVISION).answers(A2, Verdict.COMPATIBLE);
        case ANOTHER_BOOT -> report.boot("another").answers(A1, Verdict.COMPATIBLE);
        case NOTHING -> report;
      };
    }
  }

  /** One of a few nodes says something, and it is so long after {@link Reports#NOW}. */
  private record Step(int node, Said said, int hours, Set<Besides> besides) {
    boolean has(Besides what) {
      return besides.contains(what);
    }
  }

  /** What else there is to a step. */
  private enum Besides {
    /** The Node is in another boot, and its report is what it was. */
    NODE_ALONE,
    GONE,
    SUSPECTED,
    ONE_CLASS
  }

  private final List<String> asked = new ArrayList<>();
  private final KnownStandings known = new KnownStandings();

  private Standings look(List<TargetNode> targets, Instant now) {
    asked.clear();
    return known.look(
        BOTH,
        (report, mdevClass) -> {
          asked.add(report.name());
          return Optional.empty();
        },
        targets,
        now);
  }

  private static TargetNode target(String name, Said said) {
    return new TargetNode(node(name), said.by(name).report());
  }

  private static TargetNode booted(TargetNode before) {
    NodeFacts node = before.node();
    return new TargetNode(
        new NodeFacts(node.name(), node.uid(), Optional.of("booted"), node.labels()),
        before.report());
  }

  @Property(tries = 300)
  void whatIsRememberedIsWhatWouldBeFoundAnew(
      @ForAll @Size(max = 20) List<@IntRange(max = 3) Integer> nodes,
      @ForAll @Size(value = 20) List<Said> said,
      @ForAll @Size(value = 20) List<@IntRange(max = 14) Integer> hours,
      @ForAll @Size(value = 20) List<Set<Besides>> besides) {
    List<Step> steps =
        IntStream.range(0, nodes.size())
            .mapToObj(i -> new Step(nodes.get(i), said.get(i), hours.get(i), besides.get(i)))
            .toList();
    Map<String, TargetNode> targets = new TreeMap<>();
    KnownStandings remembering = new KnownStandings();
    Instant now = NOW;
    for (Step step : steps) {
      String name = "n" + step.node();
      // What is said is said at NOW: after 13 hours it is too old.
      targets.merge(
          name,
          target(name, step.said()),
          (before, after) -> step.has(Besides.NODE_ALONE) ? booted(before) : after);
      if (step.has(Besides.GONE)) {
        targets.remove(name);
      }
      now = NOW.plus(Duration.ofHours(step.hours()));
      BiFunction<NodeReport, MdevClass, Optional<Reason>> withheld =
          (report, mdevClass) ->
              step.has(Besides.SUSPECTED) ? Optional.of(Reason.SUSPECTED) : Optional.empty();
      List<MdevClass> classes = step.has(Besides.ONE_CLASS) ? List.of(A2) : BOTH;
      List<TargetNode> all = List.copyOf(targets.values());
      assertThat(remembering.look(classes, withheld, all, now))
          .isEqualTo(new KnownStandings().look(classes, withheld, all, now));
    }
  }

  @Test
  void nodesThatHaveAnsweredAndNotChangedAreNotLookedAtAgain() {
    TargetNode a = target("a", Said.BOTH_ACCEPTED);
    TargetNode b = target("b", Said.ONE_REFUSED);
    TargetNode silent = target("c", Said.ONE_ANSWERED);
    Standings first = look(List.of(a, b, silent), NOW);
    assertThat(asked).containsExactly("a", "a", "b", "b", "c", "c");
    assertThat(look(List.of(a, b, silent), NOW)).isEqualTo(first);
    assertThat(asked).containsExactly("c", "c");
    Standings changed = look(List.of(target("a", Said.ONE_REFUSED), b, silent), NOW);
    assertThat(asked).containsExactly("a", "a", "c", "c");
    assertThat(changed.overall()).isEqualTo(Map.of(Verdict.INCOMPATIBLE, 2, Verdict.UNKNOWN, 1));
  }

  @Test
  void whoIsNoTargetAnyMoreIsForgotten() {
    TargetNode a = target("a", Said.BOTH_ACCEPTED);
    look(List.of(a), NOW);
    assertThat(look(List.of(), NOW).targets()).isZero();
    look(List.of(a), NOW);
    assertThat(asked).containsExactly("a", "a");
  }

  @Test
  void aNodeWhoseTypeCannotBeAskedAboutHasAnswered() {
    Problem noAttribute = new Problem(Reason.NO_VERSION_ATTRIBUTE.toString(), null, null);
    TargetNode a =
        new TargetNode(node("a"), Reports.of("a").offers("sample-A", noAttribute).report());
    assertThat(look(List.of(a), NOW).silent().count()).isZero();
    look(List.of(a), NOW);
    assertThat(asked).isEmpty();
  }

  @Test
  void errorsOfOneNumberAndTwoNamesAreToldApart() {
    Standings standings =
        new Standings(
            List.of(A1), Set.of(refusedWith("EAGAIN", "a"), refusedWith("EWOULDBLOCK", "b")));
    assertThat(standings.to(A1).keySet())
        .extracting(standing -> standing.errnoName().orElseThrow())
        .containsExactly("EAGAIN", "EWOULDBLOCK");
  }

  private static Standings.Alike refusedWith(String errnoName, String node) {
    return new Standings.Alike(
        List.of(
            new Standing(
                Verdict.INCOMPATIBLE,
                Reason.REFUSED.toString(),
                Optional.of(11),
                Optional.of(errnoName))),
        new SomeNodes(1, List.of(node)));
  }

  @Test
  void theFirstOfTheNodesAreNamedWhateverOrderTheyComeIn() {
    List<TargetNode> targets =
        IntStream.of(11, 3, 7, 0, 9, 1, 10, 2, 8, 4, 6, 5)
            .mapToObj(i -> target("n%02d".formatted(i), i % 2 == 0 ? Said.NOTHING : Said.OUTDATED))
            .toList();
    SomeNodes silent = look(targets, NOW).silent();
    assertThat(silent.count()).isEqualTo(12);
    assertThat(silent.names())
        .containsExactly("n00", "n01", "n02", "n03", "n04", "n05", "n06", "n07");
    assertThat(silent.unnamed()).isEqualTo(4);
  }
}
