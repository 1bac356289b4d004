package io.mdevmigration.operator.kubevirt.need;

import static io.mdevmigration.operator.kubevirt.need.Vmis.PERMITTED;
import static io.mdevmigration.operator.kubevirt.need.Vmis.RESOURCE;
import static io.mdevmigration.operator.kubevirt.need.Vmis.TYPE;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.kubevirt.need.Need.Classes;
import io.mdevmigration.operator.kubevirt.need.Need.Nothing;
import io.mdevmigration.operator.kubevirt.need.Need.Unclear;
import io.mdevmigration.operator.kubevirt.need.Need.Why;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NeedsTest {
  private static final MdevClass V1 = new MdevClass(TYPE, "A-v1");
  private static final MdevClass V2 = new MdevClass(TYPE, "A-v2");
  private static final MdevClass B1 = new MdevClass("sample-B", "B-v1");

  private final Fleet fleet = new Fleet();

  private void source(Reports reports) {
    fleet.put(Reports.node("src"));
    fleet.put(reports.report());
  }

  private Need of(Vmi vmi) {
    return Needs.of(vmi, Optional.of(PERMITTED), fleet, Reports.NOW);
  }

  private static void assertUnclear(Need need, Why why, String message) {
    assertThat(need).isInstanceOf(Unclear.class);
    assertThat(((Unclear) need).why()).isEqualTo(why);
    assertThat(((Unclear) need).message()).contains(message);
  }

  @Test
  void aVmiNeedsEveryClassThatItsNodePublishesOfItsType() {
    source(Reports.of("src").publishes(V1).anotherGroup().publishes(V2).publishes(B1));
    assertThat(of(Vmis.on("src")))
        .isInstanceOfSatisfying(
            Classes.class,
            need -> {
              assertThat(need.source()).isEqualTo("src");
              assertThat(need.resource()).isEqualTo(RESOURCE);
              assertThat(need.type()).isEqualTo(TYPE);
              assertThat(need.classes()).containsExactlyInAnyOrder(V1, V2);
              assertThat(need.labelKeys()).containsExactlyInAnyOrder(V1.labelKey(), V2.labelKey());
              assertThat(need.doubt()).isEmpty();
            });
  }

  @Test
  void aVmiWithoutMdevsNeedsNothingWhateverElseItHas() {
    assertThat(of(Vmis.with(List.of(), List.of()))).isEqualTo(new Nothing());
    assertThat(of(Vmis.with(List.of("sample.io/whole"), List.of()))).isEqualTo(new Nothing());
    assertThat(of(Vmis.with(List.of("sample.io/whole", "sample.io/whole"), List.of())))
        .isEqualTo(new Nothing());
    assertThat(of(Vmis.with(List.of(), List.of("usb.io/stick", "sample.io/whole"))))
        .isEqualTo(new Nothing());
    assertThat(
            Needs.of(Vmis.with(List.of(), List.of()), Optional.empty(), new Fleet(), Reports.NOW))
        .as("without a KubeVirt object as well")
        .isEqualTo(new Nothing());
  }

  @Test
  void severalGpusHostDevicesAndClaimsAreUnclear() {
    assertUnclear(of(Vmis.with(List.of(RESOURCE, RESOURCE), List.of())), Why.SEVERAL_GPUS, "2 GPU");
    assertUnclear(
        of(Vmis.with(List.of(RESOURCE, "sample.io/whole"), List.of())), Why.SEVERAL_GPUS, "2 GPU");
    assertUnclear(
        of(Vmis.with(List.of(RESOURCE), List.of("usb.io/stick"))), Why.HOST_DEVICES, "shop/till");
    assertUnclear(of(Vmis.with(List.of(), List.of(RESOURCE))), Why.HOST_DEVICES, "hostDevices");
    assertUnclear(of(Vmis.with(List.of(""), List.of())), Why.CLAIMED, "ResourceClaim");
  }

  @Test
  void aResourceThatIsNotPermittedIsUnclearAndSoIsAMissingKubeVirtObject() {
    assertUnclear(of(Vmis.with(List.of("other.io/B"), List.of())), Why.NOT_PERMITTED, "other.io/B");
    assertUnclear(
        Needs.of(Vmis.on("src"), Optional.empty(), fleet, Reports.NOW),
        Why.NO_KUBEVIRT,
        "no single KubeVirt object");
  }

  @Test
  void onlyTheStatusOfARunningVmiIsBelieved() {
    source(Reports.of("src").publishes(V1));
    for (String phase : List.of("Pending", "Scheduling", "Scheduled", "Failed", "Succeeded", "")) {
      assertUnclear(
          of(Vmis.with(List.of(RESOURCE), List.of(), phase, Optional.of("src"), Optional.empty())),
          Why.NOT_RUNNING,
          "only a running VMI");
    }
  }

  @Test
  void aVmiThatKubeVirtDoesNotMigrateIsUnclearAndAMissingGateIsNamed() {
    source(Reports.of("src").publishes(V1));
    Vmi vmi =
        Vmis.with(
            List.of(RESOURCE),
            List.of(),
            "Running",
            Optional.of("src"),
            Optional.of("HostDeviceNotLiveMigratable"));
    assertUnclear(of(vmi), Why.NOT_MIGRATABLE, "HostDeviceNotLiveMigratable");
    PermittedDevices without = new PermittedDevices(PERMITTED.mdevNames(), Set.of(), false);
    assertUnclear(
        Needs.of(vmi, Optional.of(without), fleet, Reports.NOW), Why.GATE_OFF, "VGPULiveMigration");
    assertThat(Needs.of(Vmis.on("src"), Optional.of(without), fleet, Reports.NOW))
        .as("a later KubeVirt has no gate: what it says of the VMI counts")
        .isInstanceOf(Classes.class);
  }

  @Test
  void aNodeThatIsNotKnownOrHasNoReportOfItsPresentBootIsUnclear() {
    assertUnclear(
        of(Vmis.with(List.of(RESOURCE), List.of(), "Running", Optional.empty(), Optional.empty())),
        Why.NO_NODE,
        "nodeName");
    assertUnclear(of(Vmis.on("src")), Why.NODE_NOT_PUBLISHED, "node src");
    fleet.put(Reports.node("src"));
    assertUnclear(of(Vmis.on("src")), Why.NODE_NOT_PUBLISHED, "node src");
    fleet.put(Reports.of("src").publishes(V1).ownedBy("another").report());
    assertUnclear(of(Vmis.on("src")), Why.NODE_NOT_PUBLISHED, "node src");
    fleet.put(Reports.of("src").publishes(V1).boot("another").report());
    assertUnclear(of(Vmis.on("src")), Why.NODE_NOT_PUBLISHED, "node src");
  }

  @Test
  void aTypeThatTheNodeDoesNotShowIsUnclear() {
    source(Reports.of("src").publishes(B1));
    assertUnclear(of(Vmis.on("src")), Why.TYPE_UNKNOWN, TYPE);
  }

  @Test
  void twoTypesUnderOneResourceAreClearWhereEachNodeHasOneAndUnclearWhereANodeHasBoth() {
    PermittedDevices both =
        new PermittedDevices(Map.of(RESOURCE, Set.of(TYPE, "sample-B")), Set.of(), true);
    source(Reports.of("src").publishes(V1));
    fleet.put(Reports.node("other"));
    fleet.put(Reports.of("other").publishes(B1).report());
    fleet.put(Reports.node("mixed"));
    fleet.put(Reports.of("mixed").publishes(V1).publishes(B1).report());
    assertThat(Needs.of(Vmis.on("src"), Optional.of(both), fleet, Reports.NOW))
        .isInstanceOfSatisfying(Classes.class, n -> assertThat(n.classes()).containsExactly(V1));
    assertThat(Needs.of(Vmis.on("other"), Optional.of(both), fleet, Reports.NOW))
        .isInstanceOfSatisfying(Classes.class, n -> assertThat(n.classes()).containsExactly(B1));
    assertUnclear(
        Needs.of(Vmis.on("mixed"), Optional.of(both), fleet, Reports.NOW),
        Why.TYPE_AMBIGUOUS,
        "sample-A, sample-B");
  }

  @Test
  void aDriverWithoutTheAttributeIsUnclearAndItsProblemIsNamed() {
    source(Reports.of("src").offers(TYPE, new Problem("NoVersionAttribute", null, null)));
    assertUnclear(of(Vmis.on("src")), Why.NO_VERSION, "(NoVersionAttribute)");
  }

  @Test
  void aVersionThatTheDigestBesideItDoesNotBelongToDoesNotCount() {
    source(
        Reports.of("src")
            .offers(TYPE)
            .publishesWrongly(new PublishedVersion(V1.digest(), TYPE, "x")));
    assertUnclear(of(Vmis.on("src")), Why.NO_VERSION, TYPE);
  }

  @Test
  void whatIsNotReadInFullOrNotConfirmedLeavesADoubt() {
    source(
        Reports.of("src")
            .publishes(V1)
            .anotherGroup()
            .offers(TYPE, new Problem("ReadFailed", 5, "EIO")));
    assertDoubt("(ReadFailed)");
    source(Reports.of("src").publishes(V1).incomplete());
    assertDoubt("could not be read in full");
    source(
        Reports.of("src")
            .publishes(V1)
            .observed(Reports.NOW.minus(NodeReport.AGE_MAX).minus(Duration.ofSeconds(1))));
    assertDoubt("13 hours");
  }

  private void assertDoubt(String doubt) {
    assertThat(of(Vmis.on("src")))
        .isInstanceOfSatisfying(
            Classes.class,
            need -> {
              assertThat(need.classes()).containsExactly(V1);
              assertThat(need.doubt()).hasValueSatisfying(text -> assertThat(text).contains(doubt));
            });
  }

  @Test
  void typesAreFoundByTheNameThatKubeVirtGivesThem() {
    OfferedType named = new OfferedType("nvidia-222", "GRID T4-1B", "vfio-pci", null);
    OfferedType nameless = new OfferedType("i915-GVTg_V5_4", null, "vfio-pci", null);
    assertThat(Needs.typesNamed(Set.of("GRID_T4-1B"), List.of(named, nameless)))
        .containsExactly("nvidia-222");
    assertThat(Needs.typesNamed(Set.of("i915-GVTg_V5_4"), List.of(named, nameless)))
        .containsExactly("i915-GVTg_V5_4");
    assertThat(Needs.typesNamed(Set.of("nvidia-222"), List.of(named, nameless))).isEmpty();
  }
}
