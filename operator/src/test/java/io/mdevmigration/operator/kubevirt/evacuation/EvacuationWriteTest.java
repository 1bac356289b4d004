package io.mdevmigration.operator.kubevirt.evacuation;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.mdevmigration.crds.NodeEvacuation;
import io.mdevmigration.crds.NodeEvacuationStatus;
import io.mdevmigration.crds.StuckVirtualMachine;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuation.Stuck;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuation.Why;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvacuationWriteTest {
  private static final Instant BEGIN = Instant.parse("2026-11-25T10:00:00.5Z");
  private static final Instant LATER = BEGIN.plusSeconds(60);
  private static final Evacuation STUCK =
      plan(2, 1, 0, List.of(new Stuck(new ObjectName("shop", "till"), Why.NOBODY_ACCEPTS)));
  private static final Evacuation FREE = plan(2, 0, 0, List.of());

  private final Fleet fleet = new Fleet();

  EvacuationWriteTest() {
    fleet.put(Reports.node("one"));
  }

  private static Evacuation plan(
      int machines, int stuck, int unclear, List<Stuck> first, String... lastRefugeOf) {
    return new Evacuation(
        "one", machines, stuck, first, unclear, new TreeSet<>(List.of(lastRefugeOf)));
  }

  private static SortedMap<String, Evacuation> plans(Evacuation... plans) {
    SortedMap<String, Evacuation> byNode = new TreeMap<>();
    for (Evacuation plan : plans) {
      byNode.put(plan.node(), plan);
    }
    return byNode;
  }

  private static Condition evacuable(NodeEvacuationStatus status) {
    assertThat(status.conditions()).hasSize(1);
    return status.conditions().get(0);
  }

  private static NodeEvacuationStatus status(Evacuation plan) {
    return EvacuationStatus.of(plan, Optional.empty(), BEGIN);
  }

  private NodeEvacuation stored(NodeEvacuationStatus status) {
    NodeEvacuation object = new NodeEvacuation();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName("one")
            .withOwnerReferences(
                new OwnerReferenceBuilder().withUid(fleet.node("one").orElseThrow().uid()).build())
            .build());
    object.setStatus(status);
    return object;
  }

  private List<EvacuationWrite> due(
      SortedMap<String, Evacuation> plans, NodeEvacuation stored, boolean isCertain) {
    return EvacuationWrite.due(plans, fleet, Map.of("one", stored), isCertain, LATER);
  }

  @Test
  void aStuckMachineIsNamedWithItsReasonAndTheNodeIsNotEvacuable() {
    NodeEvacuationStatus status = status(STUCK);
    assertThat(status.virtualMachines()).isEqualTo(2);
    assertThat(status.stuck()).isEqualTo(1);
    assertThat(status.stuckVirtualMachines())
        .containsExactly(new StuckVirtualMachine("shop", "till", "NobodyAccepts"));
    assertThat(evacuable(status).getStatus()).isEqualTo("False");
    assertThat(evacuable(status).getReason()).isEqualTo("NoTarget");
    assertThat(evacuable(status).getMessage()).contains("1 of 2 VMI(s)", "shop/till");
  }

  @Test
  void whatIsUnclearIsCountedAmongTheMachinesAndMakesItUnknown() {
    NodeEvacuationStatus status = status(plan(1, 0, 2, List.of()));
    assertThat(status.virtualMachines()).isEqualTo(3);
    assertThat(status.unclear()).isEqualTo(2);
    assertThat(evacuable(status).getStatus()).isEqualTo("Unknown");
    assertThat(evacuable(status).getReason()).isEqualTo("NeedsUnclear");
    assertThat(evacuable(status(plan(1, 1, 2, List.of()))).getStatus())
        .as("one that is stuck is certain")
        .isEqualTo("False");
  }

  @Test
  void aLastRefugeCanBeDrainedAndSaysForWhatItIsTheLast() {
    String[] types =
        IntStream.range(0, 11).mapToObj(i -> "sample-%02d".formatted(i)).toArray(String[]::new);
    NodeEvacuationStatus status = status(plan(0, 0, 0, List.of(), types));
    assertThat(status.lastRefuges()).isEqualTo(11);
    assertThat(status.lastRefugeFor()).hasSize(8).startsWith("sample-00");
    assertThat(status.lastRefugeOmitted()).isEqualTo(3);
    assertThat(evacuable(status).getStatus()).isEqualTo("True");
    assertThat(evacuable(status).getReason()).isEqualTo("LastRefuge");
    assertThat(evacuable(status).getMessage()).contains("sample-00", "and 3 more");
    assertThat(evacuable(status(FREE)).getReason()).isEqualTo("TargetsKnown");
  }

  @Test
  void theTransitionTimeMovesWithTheStatusAlone() {
    NodeEvacuationStatus first = status(STUCK);
    assertThat(evacuable(first).getLastTransitionTime()).isEqualTo("2026-11-25T10:00:00Z");
    Evacuation worse = plan(3, 2, 0, STUCK.first());
    NodeEvacuationStatus second = EvacuationStatus.of(worse, Optional.of(first), LATER);
    assertThat(second).isNotEqualTo(first);
    assertThat(evacuable(second).getLastTransitionTime()).isEqualTo("2026-11-25T10:00:00Z");
    NodeEvacuationStatus third = EvacuationStatus.of(FREE, Optional.of(second), LATER);
    assertThat(evacuable(third).getLastTransitionTime()).isEqualTo("2026-11-25T10:01:00Z");
  }

  @Test
  void onlyWhatDiffersIsWritten() {
    assertThat(EvacuationWrite.due(plans(STUCK), fleet, Map.of(), true, BEGIN))
        .containsExactly(
            new EvacuationWrite.Create(fleet.node("one").orElseThrow(), status(STUCK)));
    NodeEvacuation stored = stored(status(STUCK));
    assertThat(due(plans(STUCK), stored, true)).isEmpty();
    assertThat(due(plans(FREE), stored, true))
        .containsExactly(
            new EvacuationWrite.Update(
                stored, EvacuationStatus.of(FREE, Optional.of(stored.getStatus()), LATER)));
    NodeEvacuation withoutStatus = stored(null);
    assertThat(due(plans(STUCK), withoutStatus, true))
        .singleElement()
        .isInstanceOf(EvacuationWrite.Update.class);
  }

  @Test
  void anObjectThatHasNothingToSayIsDeletedUnlessThereIsDoubt() {
    NodeEvacuation stored = stored(status(STUCK));
    assertThat(due(plans(), stored, true)).containsExactly(new EvacuationWrite.Delete(stored));
    assertThat(due(plans(), stored, false)).isEmpty();
  }

  @Test
  void anObjectOfAFormerNodeIsReplaced() {
    NodeEvacuation stored = stored(status(STUCK));
    stored.getMetadata().getOwnerReferences().get(0).setUid("former");
    assertThat(due(plans(STUCK), stored, false))
        .containsExactly(new EvacuationWrite.Delete(stored));
  }

  @Test
  void aNodeThatIsGoneHasNoObject() {
    NodeEvacuation stored = stored(status(STUCK));
    fleet.removeNode("one");
    assertThat(EvacuationWrite.due(plans(STUCK), fleet, Map.of(), true, BEGIN)).isEmpty();
    assertThat(due(plans(STUCK), stored, true)).containsExactly(new EvacuationWrite.Delete(stored));
  }
}
