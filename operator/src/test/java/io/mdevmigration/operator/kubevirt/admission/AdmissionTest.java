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
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.kubevirt.admission.Decision.Allow;
import io.mdevmigration.operator.kubevirt.admission.Decision.Pass;
import io.mdevmigration.operator.kubevirt.admission.Decision.Refuse;
import io.mdevmigration.operator.kubevirt.admission.Decision.Steer;
import io.mdevmigration.operator.kubevirt.api.MigrationSpec;
import io.mdevmigration.operator.kubevirt.need.Needs;
import io.mdevmigration.operator.kubevirt.need.Vmi;
import io.mdevmigration.operator.kubevirt.need.Vmis;
import io.mdevmigration.operator.source.Compatibilities;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final MdevClass V1 = new MdevClass(TYPE, "A-v1");
  private static final MdevClass V2 = new MdevClass(TYPE, "A-v2");
  private static final Migration PLAIN = new Migration(Vmis.NAME, Map.of(), false);

  private final Fleet fleet = new Fleet();
  private final Compatibilities compatibilities = new Compatibilities(fleet);

  private void node(Reports reports, MdevClass... labels) {
    NodeReport report = reports.report();
    fleet.put(labelled(report.name(), labels));
    fleet.put(report);
    compatibilities.publicationChanged(TYPE);
  }

  private static NodeFacts labelled(String name, MdevClass... labels) {
    return Reports.node(
        name, Stream.of(labels).collect(Collectors.toMap(MdevClass::labelKey, c -> "true")));
  }

  private void source(MdevClass... classes) {
    Reports reports = Reports.of("src");
    for (MdevClass mdevClass : classes) {
      reports.publishes(mdevClass).anotherGroup();
    }
    node(reports);
  }

  private void asked(boolean labelNodes) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(
        new ObjectMetaBuilder().withName("all").withUid("u").withGeneration(1L).build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            TYPE, new Source(null, new LabelSelector(), null), null, labelNodes, List.of()));
    compatibilities.put(object);
  }

  private Decision decide(Mode mode) {
    return decide(mode, true, PLAIN, Vmis.on("src"));
  }

  private Decision decide(Mode mode, boolean hasSelector, Migration migration, Vmi vmi) {
    return new Admission(mode, hasSelector)
        .decide(
            migration,
            Optional.of(vmi),
            Needs.of(vmi, Optional.of(PERMITTED), fleet, Reports.NOW),
            fleet,
            compatibilities,
            Reports.NOW);
  }

  private static void assertUncertain(Decision decision, String what) {
    assertThat(decision).isInstanceOf(Allow.class);
    assertThat(decision.warnings())
        .singleElement()
        .asString()
        .startsWith("not steered")
        .contains(what);
  }

  @Test
  void whereAnotherNodeCarriesTheLabelItIsAdded() {
    asked(true);
    source(V1);
    node(Reports.of("yes").publishes(V2), V1);
    node(Reports.of("no").publishes(V2).refuses(V1, 22));
    assertThat(decide(Mode.STEER))
        .isEqualTo(new Steer(Map.of(V1.labelKey(), "true"), 1, List.of()));
    assertThat(decide(Mode.STRICT)).isEqualTo(decide(Mode.STEER));
  }

  @Test
  void aTargetCarriesTheLabelsOfEveryVersionOfTheSource() {
    asked(true);
    source(V1, V2);
    node(Reports.of("one").publishes(V1).answers(V1, Verdict.COMPATIBLE).refuses(V2, 22), V1);
    assertUncertain(decide(Mode.STEER), "1 accept some of the 2 class(es)");
    node(Reports.of("both").publishes(V1), V1, V2);
    assertThat(decide(Mode.STEER))
        .isEqualTo(new Steer(Map.of(V1.labelKey(), "true", V2.labelKey(), "true"), 1, List.of()));
  }

  @Test
  void theSourceItselfIsNoTarget() {
    asked(true);
    node(Reports.of("src").publishes(V1), V1);
    assertThat(decide(Mode.STEER)).isInstanceOf(Refuse.class);
  }

  @Test
  void keysThatAreThereStayAsTheyAre() {
    asked(true);
    source(V1);
    node(Reports.of("yes").publishes(V1), V1);
    assertThat(decide(Mode.STEER, true, with(V1.labelKey(), "true"), Vmis.on("src")))
        .isEqualTo(new Steer(Map.of(), 1, List.of()));
    Decision other = decide(Mode.STEER, true, with(V1.labelKey(), "false"), Vmis.on("src"));
    assertThat(other).isInstanceOfSatisfying(Steer.class, s -> assertThat(s.added()).isEmpty());
    assertThat(other.warnings().get(0)).contains(V1.labelKey() + "=false");
  }

  @Test
  void selectorsThatLeaveNoneOfTheAcceptingNodesAreWarnedOf() {
    asked(true);
    source(V1);
    node(Reports.of("yes").publishes(V1), V1);
    assertThat(decide(Mode.STEER, true, with("disk", "fast"), Vmis.on("src")).warnings())
        .singleElement()
        .asString()
        .contains("none of the 1 node(s)");
  }

  private static Migration with(String key, String value) {
    return new Migration(Vmis.NAME, Map.of(key, value), false);
  }

  @Test
  void whereEveryOtherNodeSaysNoItIsRefusedWithCountsPerReason() {
    asked(true);
    source(V1);
    node(Reports.of("no-1").publishes(V2).refuses(V1, 22));
    node(Reports.of("no-2").publishes(V2).refuses(V1, 22));
    node(Reports.of("none").offers(TYPE, new Problem("NoVersionAttribute", null, null)));
    node(Reports.of("cpu"));
    fleet.put(Reports.node("without-daemon"));
    Decision decision = decide(Mode.STEER);
    assertThat(decision)
        .isInstanceOfSatisfying(
            Refuse.class,
            refuse -> {
              assertThat(refuse.message())
                  .isEqualTo(
                      "no other node can take over the device of VMI shop/till, of type sample-A on"
                          + " node src: 2 Incompatible (Refused E22); 1 Unsupported"
                          + " (NoVersionAttribute); see kubectl get migrationcompatibilities");
              assertThat(refuse.named())
                  .contains("2 Incompatible (Refused E22): no-1, no-2", ": none");
            });
    assertThat(decide(Mode.STRICT)).isEqualTo(decision);
    assertThat(decide(Mode.REPORT).warnings())
        .containsExactly("would be refused: " + decision.refusal().orElseThrow());
  }

  @Test
  void theRefusalNamesEightNodesAndCountsTheRest() {
    asked(true);
    source(V1);
    for (int i = 0; i < 20; i++) {
      node(Reports.of("no-" + (10 + i)).publishes(V2).refuses(V1, 22));
    }
    assertThat(((Refuse) decide(Mode.STEER)).named())
        .contains("20 Incompatible (Refused E22): no-10, ", "no-17 and 12 more")
        .doesNotContain("no-18");
    assertThat(((Refuse) decide(Mode.STEER)).message()).doesNotContain("no-1");
  }

  @Test
  void whereNoOtherNodeOffersTheTypeItIsRefused() {
    source(V1);
    node(Reports.of("cpu"));
    assertThat(decide(Mode.STEER).refusal().orElseThrow()).contains("none offers the type");
  }

  @Test
  void oneNodeThatMayAcceptIsEnoughToLetItPass() {
    asked(true);
    source(V1);
    node(Reports.of("no").publishes(V2).refuses(V1, 22));
    node(Reports.of("maybe").publishes(V2));
    assertUncertain(decide(Mode.STEER), "1 have not answered; 1 Incompatible (Refused E22)");
  }

  @Test
  void everyKindOfIgnoranceAboutAnotherNodeLetsItPass() {
    asked(true);
    List<Reports> ignorance =
        List.of(
            Reports.of("x").publishes(V2),
            Reports.of("x").incomplete(),
            Reports.of("x").publishes(V2).answers(V1, Verdict.UNKNOWN),
            Reports.of("x").publishes(V2).answers(V1, Verdict.INCOMPATIBLE, Reports.OTHER_REVISION),
            Reports.of("x").publishes(V2).refuses(V1, 22).boot("another"),
            Reports.of("x")
                .publishes(V2)
                .refuses(V1, 22)
                .observed(Reports.NOW.minusSeconds(50_000)),
            Reports.of("x").publishes(V2).answers(V1, Verdict.COMPATIBLE),
            Reports.of("x").offers(TYPE, new Problem("ReadFailed", 5, "EIO")));
    source(V1);
    for (Reports reports : ignorance) {
      node(reports);
      assertUncertain(decide(Mode.STEER), "no other node is known to accept");
    }
  }

  @Test
  void aNodeThatSaysNothingMayAcceptIfItsKubeletCountsTheResource() {
    asked(true);
    source(V1);
    fleet.put(counting("x"));
    assertUncertain(decide(Mode.STEER), "1 have not answered");
    node(Reports.of("y").ownedBy("another"));
    fleet.put(counting("y"));
    assertUncertain(decide(Mode.STEER), "2 have not answered");
    fleet.put(Reports.of("y").observed(Reports.NOW.minus(Duration.ofDays(1))).report());
    assertUncertain(decide(Mode.STEER), "2 have not answered");
  }

  private static NodeFacts counting(String name) {
    return new NodeFacts(
        name, "uid-" + name, Optional.of(Reports.BOOT), Map.of(), Set.of(RESOURCE));
  }

  @Test
  void aDoubtAboutTheSourceNeverRefusesAndStillSteers() {
    asked(true);
    node(
        Reports.of("src")
            .publishes(V1)
            .anotherGroup()
            .offers(TYPE, new Problem("Unstable", null, null)));
    node(Reports.of("no").publishes(V2).refuses(V1, 22));
    assertUncertain(decide(Mode.STEER), "(Unstable)");
    node(Reports.of("yes").publishes(V1), V1);
    assertThat(decide(Mode.STEER))
        .isInstanceOfSatisfying(Steer.class, s -> assertThat(s.targets()).isEqualTo(1));
    assertThat(decide(Mode.STEER).warnings().get(0)).contains("(Unstable)");
  }

  @Test
  void aClassThatNobodyAsksAboutOrLabelsIsNotSteered() {
    source(V1);
    node(Reports.of("yes").publishes(V1), V1);
    assertUncertain(decide(Mode.STEER), "no MigrationCompatibility with labelNodes");
    asked(false);
    assertUncertain(decide(Mode.STEER), "no MigrationCompatibility with labelNodes");
    asked(true);
  }

  @Test
  void aKubeVirtWithoutTheFieldIsNotSteeredButStillRefused() {
    asked(true);
    source(V1);
    node(Reports.of("no").publishes(V2).refuses(V1, 22));
    assertThat(decide(Mode.STEER, false, PLAIN, Vmis.on("src"))).isInstanceOf(Refuse.class);
    node(Reports.of("yes").publishes(V1), V1);
    assertUncertain(decide(Mode.STEER, false, PLAIN, Vmis.on("src")), "upgrade KubeVirt to 1.6");
  }

  @Test
  void whereDriversOfferNoAttributeNothingIsChangedOrRefused() {
    asked(true);
    for (String name : List.of("src", "a", "b")) {
      node(Reports.of(name).offers(TYPE, new Problem("NoVersionAttribute", null, null)));
    }
    assertUncertain(decide(Mode.STEER), "publishes no version");
  }

  @Test
  void vmisWithoutMdevsAndOtherClustersPassInEveryMode() {
    source(V1);
    Migration away = new Migration(Vmis.NAME, Map.of(), true);
    for (Mode mode : Mode.values()) {
      assertThat(decide(mode, true, PLAIN, Vmis.with(List.of(), List.of()))).isEqualTo(new Pass());
      assertThat(decide(mode, true, away, Vmis.on("src"))).isEqualTo(new Pass());
    }
    assertThat(
            Migration.of("shop", new MigrationSpec("till", null, Map.of("a", "b"), null))
                .crossesClusters())
        .isTrue();
    assertThat(
            Migration.of("shop", new MigrationSpec("till", null, null, Map.of())).crossesClusters())
        .isTrue();
    assertThat(Migration.of("shop", new MigrationSpec("till", null, null, null))).isEqualTo(PLAIN);
  }

  @Test
  void strictRefusesWhatIsUncertain() {
    asked(true);
    source(V1);
    node(Reports.of("maybe").publishes(V2));
    assertThat(decide(Mode.STRICT).refusal().orElseThrow())
        .contains("Strict", "1 have not answered");
    assertThat(
            decide(
                    Mode.STRICT,
                    true,
                    PLAIN,
                    Vmis.with(
                        List.of(RESOURCE),
                        List.of(),
                        "Pending",
                        Optional.of("src"),
                        Optional.empty()))
                .refusal()
                .orElseThrow())
        .contains("only a running VMI");
  }

  @Test
  void reportNeverChangesOrRefusesAnything() {
    asked(true);
    source(V1);
    node(Reports.of("yes").publishes(V1), V1);
    assertThat(decide(Mode.REPORT))
        .isEqualTo(new Allow(Cause.REPORT_ONLY, List.of("would be steered to 1 node(s)")));
  }
}
