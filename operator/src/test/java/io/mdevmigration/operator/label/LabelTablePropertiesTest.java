package io.mdevmigration.operator.label;

import static io.mdevmigration.operator.fleet.Reports.BOOT;
import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.OTHER_REVISION;
import static io.mdevmigration.operator.fleet.Reports.REVISION;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.label.LabelRow.Effect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the table promises whatever is stored. */
class LabelTablePropertiesTest {
  private static final List<MdevClass> CLASSES =
      List.of(
          new MdevClass("sample-A", "v1"),
          new MdevClass("sample-A", "v2"),
          new MdevClass("sample-B", "v1"));

  /**
   * What is stored about one node, and what is asked of it.
   *
   * @param node the node
   * @param report its report; empty if it has none
   * @param wanted the classes to label, by label key
   * @param unwanted keys that certainly nobody wants
   */
  record Stored(
      NodeFacts node,
      Optional<NodeReport> report,
      Map<String, MdevClass> wanted,
      Set<String> unwanted) {
    Map<String, LabelRow> decide(LabelTable table) {
      return table.decide(node, report, wanted, unwanted, NOW);
    }

    Map<String, LabelRow> changes() {
      return LabelTable.changes(
          node, LabelTable.DESIGN.decide(node, report, wanted, unwanted, NOW));
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void doubtNeverRemoves(@ForAll("stored") Stored stored) {
    stored
        .changes()
        .forEach(
            (key, row) -> {
              if (row.effect() == Effect.REMOVE) {
                assertThat(evidence(stored, key)).as("%s %s", key, row).isTrue();
              }
            });
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void onlyAnAcceptanceThatCertainlyHoldsAdds(@ForAll("stored") Stored stored) {
    stored
        .changes()
        .forEach(
            (key, row) -> {
              if (row.effect() == Effect.ADD) {
                NodeReport report = stored.report().orElseThrow();
                MdevClass mdevClass = stored.wanted().get(key);
                var answer = report.answer(mdevClass.type(), mdevClass.digest()).orElseThrow();
                assertThat(answer.verdict()).isEqualTo(Verdict.COMPATIBLE);
                assertThat(answer.revision())
                    .isNotNull()
                    .isEqualTo(report.types().get(mdevClass.type()).revision());
                assertThat(report.complete()).isTrue();
                assertThat(report.ownerUid()).contains(stored.node().uid());
                assertThat(Duration.between(report.observed().orElseThrow(), NOW))
                    .isLessThanOrEqualTo(Duration.ofHours(13));
                if (report.bootID().isPresent() && stored.node().bootID().isPresent()) {
                  assertThat(report.bootID()).isEqualTo(stored.node().bootID());
                }
              }
            });
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void whatCertainlyHoldsIsActedOn(@ForAll("stored") Stored stored) {
    Map<String, String> after = apply(stored.node().labels(), stored.changes());
    for (String key : stored.node().ownLabelKeys()) {
      if (evidence(stored, key)) {
        assertThat(after).doesNotContainKey(key);
      }
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aForeignLabelIsNeverAmongTheChanges(@ForAll("stored") Stored stored) {
    assertThat(stored.changes().keySet()).allMatch(MdevClass::isOwnLabel);
    Map<String, String> before = new TreeMap<>(stored.node().labels());
    Map<String, String> after = apply(stored.node().labels(), stored.changes());
    before.keySet().removeIf(MdevClass::isOwnLabel);
    after.keySet().removeIf(MdevClass::isOwnLabel);
    assertThat(after).isEqualTo(before);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void whatWasPatchedNeedsNoSecondPatch(@ForAll("stored") Stored stored) {
    NodeFacts node = stored.node();
    NodeFacts patched =
        new NodeFacts(
            node.name(), node.uid(), node.bootID(), apply(node.labels(), stored.changes()));
    assertThat(new Stored(patched, stored.report(), stored.wanted(), stored.unwanted()).changes())
        .isEmpty();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aMutantThatIsSaidToBeEquivalentDecidesAlike(@ForAll("stored") Stored stored) {
    for (var mutant : LabelMutants.all()) {
      if (LabelMutants.EQUIVALENT.containsKey(mutant.says())) {
        assertThat(stored.decide(mutant.table()))
            .as(mutant.says())
            .isEqualTo(stored.decide(LabelTable.DESIGN));
      }
    }
  }

  /** Whether something is stored for which design section 5 takes the label away. */
  private static boolean evidence(Stored stored, String key) {
    NodeFacts node = stored.node();
    if (stored.report().isEmpty()) {
      return stored.unwanted().contains(key) && !stored.wanted().containsKey(key);
    }
    NodeReport report = stored.report().get();
    if (!report.ownerUid().equals(Optional.of(node.uid()))) {
      return false;
    }
    if (report.bootID().isPresent()
        && node.bootID().isPresent()
        && !report.bootID().equals(node.bootID())) {
      return true;
    }
    if (stored.unwanted().contains(key) && !stored.wanted().containsKey(key)) {
      return true;
    }
    MdevClass mdevClass =
        CLASSES.stream().filter(c -> c.labelKey().equals(key)).findFirst().orElseThrow();
    var answer = report.answer(mdevClass.type(), mdevClass.digest());
    if (!stored.wanted().containsKey(key) && answer.isEmpty()) {
      return false;
    }
    var type = report.types().get(mdevClass.type());
    if (type == null && report.complete()) {
      return true;
    }
    if (answer.isEmpty()) {
      return false;
    }
    boolean definite = answer.get().verdict() != Verdict.UNKNOWN;
    var last = answer.get().lastDefinite();
    if (!definite && last == null) {
      return false;
    }
    Verdict verdict = definite ? answer.get().verdict() : last.verdict();
    String revision = definite ? answer.get().revision() : last.revision();
    boolean otherRevision =
        type != null
            && type.revision() != null
            && revision != null
            && !revision.equals(type.revision());
    return otherRevision || verdict == Verdict.INCOMPATIBLE || verdict == Verdict.UNSUPPORTED;
  }

  private static Map<String, String> apply(
      Map<String, String> labels, Map<String, LabelRow> changes) {
    Map<String, String> after = new TreeMap<>(labels);
    changes.forEach(
        (key, row) -> {
          if (row.effect() == Effect.ADD) {
            after.put(key, "true");
          } else {
            after.remove(key);
          }
        });
    return after;
  }

  /** What happens to be stored about one class. */
  private record OfClass(
      Verdict verdict, Verdict last, String revision, boolean wanted, boolean unwanted) {}

  @Provide
  Arbitrary<Stored> stored() {
    Arbitrary<NodeFacts> nodes =
        Combinators.combine(often(BOOT, "boot-0", ""), labels())
            .as(
                (boot, labels) ->
                    new NodeFacts(
                        "a", "uid-a", Optional.of(boot).filter(b -> !b.isEmpty()), labels));
    return Combinators.combine(nodes, reports(), ofClass().list().ofSize(CLASSES.size()))
        .as(LabelTablePropertiesTest::stored);
  }

  private static Stored stored(NodeFacts node, Optional<Reports> reports, List<OfClass> ofClass) {
    Map<String, MdevClass> wanted = new TreeMap<>();
    List<String> unwanted = new ArrayList<>();
    for (int i = 0; i < CLASSES.size(); i++) {
      MdevClass mdevClass = CLASSES.get(i);
      OfClass of = ofClass.get(i);
      if (of.wanted()) {
        wanted.put(mdevClass.labelKey(), mdevClass);
      }
      if (of.unwanted()) {
        unwanted.add(mdevClass.labelKey());
      }
      reports.ifPresent(
          r -> {
            if (of.last() != null) {
              r.unknown(mdevClass, new DefiniteVerdict(of.last(), of.revision(), NOW.toString()));
            } else if (of.verdict() != null) {
              r.answers(mdevClass, of.verdict(), of.revision());
            }
          });
    }
    return new Stored(node, reports.map(Reports::report), wanted, Set.copyOf(unwanted));
  }

  private static Arbitrary<Map<String, String>> labels() {
    List<String> keys = new ArrayList<>(List.of("gpu", "mdevmigration.io/other"));
    CLASSES.forEach(c -> keys.add(c.labelKey()));
    return Arbitraries.maps(Arbitraries.of(keys), Arbitraries.of("true", "false", ""));
  }

  private static Arbitrary<Optional<Reports>> reports() {
    return Combinators.combine(
            often("uid-a", "uid-former"),
            often(BOOT, "boot-0", null),
            often(true, false),
            often(REVISION, OTHER_REVISION, null, ""),
            Arbitraries.of(NOW, NOW.minus(Duration.ofHours(13)), NOW.minus(Duration.ofHours(14)))
                .injectNull(0.1))
        .as(LabelTablePropertiesTest::reports)
        .optional(0.9);
  }

  private static Reports reports(
      String owner, String boot, boolean complete, String revision, Instant observed) {
    Reports reports = Reports.of("a").ownedBy(owner).boot(boot).observed(observed);
    reports = complete ? reports : reports.incomplete();
    return "".equals(revision) ? reports : reports.offers("sample-A", revision);
  }

  private static Arbitrary<OfClass> ofClass() {
    return Combinators.combine(
            often(Verdict.COMPATIBLE, Verdict.INCOMPATIBLE, Verdict.UNSUPPORTED, Verdict.UNKNOWN)
                .injectNull(0.1),
            Arbitraries.of(Verdict.COMPATIBLE, Verdict.INCOMPATIBLE, Verdict.UNSUPPORTED)
                .injectNull(0.7),
            often(REVISION, OTHER_REVISION, null),
            often(true, false),
            often(false, true))
        .as(OfClass::new);
  }

  /** The first value half of the time. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  private static <T> Arbitrary<T> often(T first, T... others) {
    return Arbitraries.oneOf(Arbitraries.just(first), Arbitraries.of(others));
  }
}
