package io.mdevmigration.operator.kubevirt.admission;

import static io.mdevmigration.operator.kubevirt.need.Vmis.PERMITTED;
import static io.mdevmigration.operator.kubevirt.need.Vmis.RESOURCE;
import static io.mdevmigration.operator.kubevirt.need.Vmis.TYPE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.kubevirt.admission.Decision.Allow;
import io.mdevmigration.operator.kubevirt.admission.Decision.Refuse;
import io.mdevmigration.operator.kubevirt.admission.Decision.Steer;
import io.mdevmigration.operator.kubevirt.need.Needs;
import io.mdevmigration.operator.kubevirt.need.Vmi;
import io.mdevmigration.operator.kubevirt.need.Vmis;
import io.mdevmigration.operator.source.Compatibilities;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AdmissionPropertiesTest {
  private static final MdevClass V1 = new MdevClass(TYPE, "A-v1");
  private static final MdevClass V2 = new MdevClass(TYPE, "A-v2");
  private static final Migration MIGRATION = new Migration(Vmis.NAME, Map.of(), false);
  private static final Vmi VMI = Vmis.on("src");
  private static final Instant LATER = Reports.NOW.plusSeconds(60);

  /** What another node may be like. */
  enum Other {
    /** Carries the label. */
    LABELLED,
    /** Its driver has refused. */
    REFUSES,
    /** Its driver supports no migration. */
    UNSUPPORTED,
    /** It offers other types alone. */
    WITHOUT_TYPE,
    /** Neither a report nor the resource. */
    WITHOUT_DEVICE,
    /** No answer yet. */
    SILENT,
    /** An answer that says nothing. */
    UNKNOWN,
    /** Has accepted, and no label yet. */
    UNLABELLED,
    /** Refused by a driver that is loaded no more. */
    OUTDATED,
    /** No report, but the resource. */
    UNREPORTED;

    boolean isDoubt() {
      return compareTo(SILENT) >= 0;
    }
  }

  private static Fleet fleet(List<Other> others) {
    Fleet fleet = new Fleet();
    fleet.put(Reports.node("src"));
    fleet.put(Reports.of("src").publishes(V1).report());
    for (int i = 0; i < others.size(); i++) {
      put(fleet, "n" + i, others.get(i));
    }
    return fleet;
  }

  private static void put(Fleet fleet, String name, Other other) {
    fleet.put(
        new NodeFacts(
            name,
            "uid-" + name,
            Optional.of(Reports.BOOT),
            other == Other.LABELLED ? Map.of(V1.labelKey(), "true") : Map.of(),
            other == Other.WITHOUT_DEVICE ? Set.of() : Set.of(RESOURCE)));
    Reports report = Reports.of(name).publishes(V2);
    switch (other) {
      case LABELLED, UNLABELLED -> fleet.put(report.answers(V1, Verdict.COMPATIBLE).report());
      case REFUSES -> fleet.put(report.refuses(V1, 22).report());
      case UNSUPPORTED -> fleet.put(report.answers(V1, Verdict.UNSUPPORTED).report());
      case WITHOUT_TYPE -> fleet.put(Reports.of(name).offers("sample-B").report());
      case SILENT -> fleet.put(report.report());
      case UNKNOWN -> fleet.put(report.answers(V1, Verdict.UNKNOWN).report());
      case OUTDATED ->
          fleet.put(report.answers(V1, Verdict.INCOMPATIBLE, Reports.OTHER_REVISION).report());
      case WITHOUT_DEVICE, UNREPORTED -> fleet.removeReport(name);
    }
  }

  private static Compatibilities asked(Fleet fleet) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(
        new ObjectMetaBuilder().withName("all").withUid("u").withGeneration(1L).build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            TYPE, new Source(null, new LabelSelector(), null), null, true, List.of()));
    Compatibilities compatibilities = new Compatibilities(fleet);
    compatibilities.put(object);
    return compatibilities;
  }

  private static Decision decide(Mode mode, Fleet fleet, Compatibilities compatibilities) {
    return decide(mode, fleet, new Standings(fleet), compatibilities, Reports.NOW);
  }

  private static Decision decide(
      Mode mode, Fleet fleet, Standings standings, Compatibilities compatibilities, Instant now) {
    return new Admission(mode, true)
        .decide(
            MIGRATION,
            Optional.of(VMI),
            Needs.of(VMI, Optional.of(PERMITTED), fleet, now),
            standings,
            compatibilities,
            now);
  }

  @Property(tries = 500)
  void anyFleetIsSteeredIfSomeNodeIsLabelledRefusedIfAllSayNoAndLeftAloneOtherwise(
      @ForAll @Size(max = 8) List<Other> others) {
    Fleet fleet = fleet(others);
    Compatibilities compatibilities = asked(fleet);
    Decision decision = decide(Mode.STEER, fleet, compatibilities);
    long labelled = others.stream().filter(other -> other == Other.LABELLED).count();
    if (labelled > 0) {
      assertThat(decision)
          .isEqualTo(new Steer(Map.of(V1.labelKey(), "true"), (int) labelled, List.of()));
    } else if (others.stream().anyMatch(Other::isDoubt)) {
      assertThat(decision).isInstanceOf(Allow.class);
    } else {
      assertThat(decision).isInstanceOf(Refuse.class);
    }
    assertThat(decide(Mode.REPORT, fleet, compatibilities)).isInstanceOf(Allow.class);
    assertThat(decide(Mode.STRICT, fleet, compatibilities))
        .isInstanceOf(labelled > 0 ? Steer.class : Refuse.class);
  }

  /** A node becomes another, or goes, and some time passes. */
  record Step(int node, Optional<Other> becomes, int hours) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 4),
            Arbitraries.of(Other.class).optional(0.9),
            Arbitraries.integers().between(0, 5))
        .as(Step::new)
        .list()
        .ofMaxSize(20);
  }

  @Property(tries = 300)
  void whatIsKeptFromOneDecisionToTheNextSaysWhatCountingAnewWouldSay(
      @ForAll("steps") List<Step> steps) {
    Fleet fleet = fleet(List.of());
    Compatibilities compatibilities = asked(fleet);
    Standings kept = new Standings(fleet);
    Instant now = Reports.NOW;
    for (Step step : steps) {
      String name = "n" + step.node();
      now = now.plus(Duration.ofHours(step.hours()));
      step.becomes()
          .ifPresentOrElse(
              other -> put(fleet, name, other),
              () -> {
                fleet.removeNode(name);
                fleet.removeReport(name);
              });
      fleet.put(Reports.of("src").publishes(V1).observed(now).report());
      assertThat(decide(Mode.STEER, fleet, kept, compatibilities, now))
          .isEqualTo(decide(Mode.STEER, fleet, new Standings(fleet), compatibilities, now));
    }
  }

  @Test
  void aDecisionInAFleetOfFiveThousandNodesDoesNotLookAtThemAll() {
    Other[] refusing = new Other[5000];
    Arrays.fill(refusing, Other.REFUSES);
    Other[] labelled = refusing.clone();
    Arrays.fill(labelled, 2500, 5000, Other.LABELLED);
    for (Other[] others : List.of(labelled, refusing)) {
      Fleet fleet = fleet(List.of(others));
      Compatibilities compatibilities = asked(fleet);
      Standings standings = new Standings(fleet);
      long[] nanos = new long[2000];
      for (int i = 0; i < nanos.length; i++) {
        // A fleet never stands still.
        put(fleet, "n" + i, others[i]);
        fleet.put(Reports.of("n" + i).publishes(V2).refuses(V1, 22).observed(LATER).report());
        long begin = System.nanoTime();
        decide(Mode.STEER, fleet, standings, compatibilities, Reports.NOW);
        nanos[i] = System.nanoTime() - begin;
      }
      Arrays.sort(nanos);
      double p50 = nanos[nanos.length / 2] / 1e6;
      double p99 = nanos[nanos.length * 99 / 100] / 1e6;
      System.out.printf(
          "%s: p50 %.1f ms, p99 %.1f ms%n",
          decide(Mode.STEER, fleet, compatibilities).getClass().getSimpleName(), p50, p99);
      // On a machine that is busy with something else; counting everything takes many times as
      // long.
      assertThat(p50).isLessThan(1);
    }
  }
}
