package io.mdevmigration.operator.kubevirt.evacuation;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuation.Guest;
import io.mdevmigration.operator.kubevirt.need.Need;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EvacuationTest {
  private static final MdevClass A = new MdevClass("sample-A", "1");
  private static final MdevClass B = new MdevClass("sample-B", "1");

  private final Fleet fleet = new Fleet();

  private void node(String name, MdevClass... accepted) {
    fleet.put(
        Reports.node(
            name, Stream.of(accepted).collect(Collectors.toMap(MdevClass::labelKey, c -> "true"))));
  }

  private static Guest guest(String name, String node, MdevClass... classes) {
    return new Guest(
        new ObjectName("shop", name),
        node,
        new Need.Classes(node, "r", classes[0].type(), List.of(classes), Optional.empty()));
  }

  private SortedMap<String, Evacuation> plans(List<Guest> guests) {
    return Evacuation.of(fleet, guests, need -> need.type().equals(A.type()));
  }

  @Test
  void aMachineThatNoOtherNodeAcceptsIsStuckThoughItsOwnNodeDoes() {
    node("one", A);
    node("two", B);
    Evacuation plan = plans(List.of(guest("till", "one", A))).get("one");
    assertThat(plan.machines()).isEqualTo(1);
    assertThat(plan.stuck()).isEqualTo(1);
    assertThat(plan.first())
        .containsExactly(
            new Evacuation.Stuck(new ObjectName("shop", "till"), Evacuation.Why.NOBODY_ACCEPTS));
  }

  @Test
  void aMachineIsStuckForNowWhereSomeNodeMayStillAcceptIt() {
    node("one", B);
    Evacuation plan = plans(List.of(guest("shelf", "one", B))).get("one");
    assertThat(plan.first())
        .containsExactly(
            new Evacuation.Stuck(new ObjectName("shop", "shelf"), Evacuation.Why.NOT_ACCEPTED_YET));
  }

  @Test
  void aMachineThatMayNowBeAcceptedLaterIsNoNews() {
    node("one");
    List<Guest> guests = List.of(guest("till", "one", A));
    assertThat(
            EvacuationChange.of(
                Evacuation.of(fleet, guests, need -> true),
                Evacuation.of(fleet, guests, need -> false),
                fleet))
        .isEmpty();
  }

  @Test
  void aTargetAcceptsEveryClass() {
    node("one");
    node("two", A);
    assertThat(plans(List.of(guest("till", "one", A, B))).get("one").stuck()).isEqualTo(1);
    node("two", A, B);
    assertThat(plans(List.of(guest("till", "one", A, B))).get("one").stuck()).isZero();
  }

  @Test
  void theOnlyTargetIsTheLastRefugeOfTheType() {
    node("one");
    node("two", A, B);
    node("three", B);
    var plans = plans(List.of(guest("till", "one", A), guest("shelf", "one", B)));
    assertThat(plans.get("two").lastRefugeOf()).containsExactly("sample-A");
    assertThat(plans.get("two").machines()).isZero();
    assertThat(plans).doesNotContainKey("three");
  }

  @Test
  void machinesOfWhichNothingIsKnownAreCountedApartAndOthersNotAtAll() {
    node("one");
    var plans =
        plans(
            List.of(
                new Guest(
                    new ObjectName("shop", "x"),
                    "one",
                    new Need.Unclear(Need.Why.NO_VERSION, "none")),
                new Guest(new ObjectName("shop", "y"), "two", new Need.Nothing())));
    assertThat(plans.get("one").unclear()).isEqualTo(1);
    assertThat(plans.get("one").stuck()).isZero();
    assertThat(plans).doesNotContainKey("two");
  }

  @Test
  void eightAreNamedAndTheRestIsCounted() {
    node("one");
    List<Guest> guests =
        IntStream.range(0, 20).mapToObj(i -> guest("m" + (10 + i), "one", A)).toList();
    Evacuation plan = plans(guests).get("one");
    assertThat(plan.stuck()).isEqualTo(20);
    assertThat(plan.first())
        .hasSize(8)
        .first()
        .extracting(Evacuation.Stuck::name)
        .isEqualTo(new ObjectName("shop", "m10"));
    assertThat(plan.omitted()).isEqualTo(12);
  }

  @Test
  void aNodeIsToldOfWhenItsDrainWouldBeStuckAndWhenItWouldNotBeAnyMore() {
    node("one", A);
    node("two");
    node("three");
    List<Guest> guests = List.of(guest("till", "one", A));
    var nobody = plans(List.of());
    var stuck = plans(guests);
    assertThat(EvacuationChange.of(nobody, stuck, fleet))
        .singleElement()
        .satisfies(
            told -> {
              assertThat(told.about().name()).isEqualTo("one");
              assertThat(told.message()).contains("1 of 1 VMI(s)", "shop/till");
            });
    assertThat(EvacuationChange.of(stuck, stuck, fleet)).isEmpty();
    node("two", A);
    var refuge = plans(guests);
    assertThat(EvacuationChange.of(stuck, refuge, fleet))
        .extracting(told -> told.about().name() + " " + told.reason())
        .containsExactly("one EvacuationFree", "two EvacuationStuck");
    assertThat(EvacuationChange.of(stuck, refuge, fleet).get(1).message())
        .isEqualTo("no other node accepts some VMIs elsewhere of type sample-A");
    node("three", A);
    var free = plans(guests);
    assertThat(EvacuationChange.of(refuge, free, fleet))
        .extracting(told -> told.about().name() + " " + told.reason())
        .containsExactly("two EvacuationFree");
  }

  @Property(tries = 200)
  void whoIsStuckIsWhoHasNoOtherAcceptingNode(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 0, max = 3) Integer> accepts,
      @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 11) Integer> placed) {
    Fleet drawn = new Fleet();
    for (int i = 0; i < accepts.size(); i++) {
      List<MdevClass> classes = new ArrayList<>();
      if ((accepts.get(i) & 1) != 0) {
        classes.add(A);
      }
      if ((accepts.get(i) & 2) != 0) {
        classes.add(B);
      }
      drawn.put(
          Reports.node(
              "n" + i,
              classes.stream().collect(Collectors.toMap(MdevClass::labelKey, c -> "true"))));
    }
    List<Guest> guests = new ArrayList<>();
    for (int i = 0; i < placed.size(); i++) {
      guests.add(
          guest(
              "m" + i, "n" + (placed.get(i) / 2) % accepts.size(), placed.get(i) % 2 == 0 ? A : B));
    }
    long expected =
        guests.stream()
            .filter(
                g ->
                    drawn.nodes().stream()
                        .filter(n -> !n.name().equals(g.node()))
                        .noneMatch(
                            n ->
                                ((Need.Classes) g.need())
                                    .labelKeys().stream().allMatch(n.labels()::containsKey)))
            .count();
    var plans = Evacuation.of(drawn, guests, need -> true);
    assertThat(plans.values().stream().mapToInt(Evacuation::stuck).sum()).isEqualTo((int) expected);
    assertThat(plans.values().stream().mapToInt(Evacuation::machines).sum())
        .isEqualTo(guests.size());
  }
}
