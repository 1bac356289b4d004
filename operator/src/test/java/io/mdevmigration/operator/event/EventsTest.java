package io.mdevmigration.operator.event;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Target;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import io.mdevmigration.operator.trial.Happening;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventsTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");
  private static final Map<String, MdevClass> WANTED = Map.of(A1.labelKey(), A1, A2.labelKey(), A2);

  private final Compatibilities compatibilities = new Compatibilities(new Fleet());
  private Instant now = NOW;
  private final Events events = new Events(compatibilities, Events.Rate.DEFAULT, () -> now);

  @BeforeEach
  void ask() {
    ask("fleet", "v1", Map.of(), true);
  }

  @Test
  void aChangedLabelIsToldOnItsNode() throws Exception {
    change(node("a"), A1, LabelRow.ACCEPTED);
    assertThat(written())
        .extracting(o -> o.about().name(), Occurrence::reason)
        .containsExactly(tuple("a", EventReason.LABEL_ADDED));
  }

  @Test
  void aStormOfFiveThousandNodesIsFiftyEventsAndOneThatCountsTheRest() throws Exception {
    for (int i = 0; i < 5000; i++) {
      change(node("node-" + i), A1, LabelRow.ACCEPTED);
    }
    assertThat(written())
        .hasSize(50)
        .allSatisfy(o -> assertThat(o.about().kind()).isEqualTo("Node"));
    now = now.plus(LeftOut.PERIOD);
    var told = written();
    assertThat(told).hasSize(1);
    assertThat(told.get(0).about()).isEqualTo(Involved.compatibility("fleet", "uid-fleet"));
    assertThat(told.get(0).message()).isEqualTo("4950 other nodes got the label " + A1.labelKey());
  }

  @Test
  void anHourOfChangesIsOneEventASecondAtMost() throws Exception {
    int told = 0;
    for (int i = 0; i < 36_000; i++) {
      now = now.plusMillis(100);
      change(node("a"), A1, i % 2 == 0 ? LabelRow.ACCEPTED : LabelRow.REFUSED);
      told += written().size();
    }
    assertThat(told).isBetween(3600, 3600 + 50 + 360);
  }

  @Test
  void whatIsLeftOutIsToldOfTheObjectsThatWantTheLabelOnThatNode() throws Exception {
    ask("other-class", "v2", Map.of(), true);
    ask("other-nodes", "v1", Map.of("pool", "two"), true);
    ask("pool", "v1", Map.of("pool", "one"), true);
    ask("report", "v1", Map.of(), false);
    exhaust();
    written();
    change(node("b", Map.of("pool", "one")), A1, LabelRow.ACCEPTED);
    now = now.plus(LeftOut.PERIOD);
    assertThat(written())
        .extracting(o -> o.about().name())
        .containsExactlyInAnyOrder("fleet", "pool");
  }

  @Test
  void aLabelThatNobodyWantsAnyMoreHasNobodyToTell() {
    exhaust();
    events.labelsChanged(
        node("a"),
        Optional.empty(),
        Map.of(),
        new TreeMap<>(Map.of(A1.labelKey(), LabelRow.NOT_WANTED)));
    assertThat(events.rest()).hasSize(50);
  }

  @Test
  void whatSomeoneMessesUpHereFailsNobody() {
    assertThatCode(() -> events.labelsChanged(null, null, null, null)).doesNotThrowAnyException();
  }

  @Test
  void theEventsThatWaitAreBounded() {
    Events many =
        new Events(compatibilities, new Events.Rate(100_000, Duration.ofSeconds(1)), () -> now);
    for (int i = 0; i < 5000; i++) {
      many.labelsChanged(
          node("node-" + i),
          Optional.empty(),
          WANTED,
          new TreeMap<>(Map.of(A1.labelKey(), LabelRow.ACCEPTED)));
    }
    assertThat(many.rest()).hasSize(1024);
  }

  @Test
  void aTrialIsToldFromItsBeginToItsEnd() throws Exception {
    Asked fleet = compatibilities.get("fleet").orElseThrow();
    for (Happening.Kind kind : Happening.Kind.values()) {
      events.happened(fleet, A1.digest(), new Happening(kind, "5e77", "gpu-a"));
    }
    var told = written();
    assertThat(told)
        .extracting(Occurrence::reason)
        .containsExactly(
            EventReason.TRIAL_BEGUN,
            EventReason.TRIAL_ENDED,
            EventReason.TRIAL_GIVEN_UP,
            EventReason.TRIAL_SUSPECTED,
            EventReason.SUSPICION_CLEARED);
    assertThat(told).allSatisfy(o -> assertThat(o.message()).contains(A1.digest(), "5e77"));
    assertThat(told)
        .filteredOn(o -> o.type() == EventType.WARNING)
        .extracting(Occurrence::message)
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("gpu-a", "spec.retrySuspected");
  }

  private void exhaust() {
    for (int i = 0; i < 50; i++) {
      change(node("a"), A2, LabelRow.ACCEPTED);
    }
  }

  private void change(NodeFacts node, MdevClass mdevClass, LabelRow row) {
    events.labelsChanged(
        node,
        Optional.of(Reports.of(node.name()).refuses(mdevClass, 22).report()),
        WANTED,
        new TreeMap<>(Map.of(mdevClass.labelKey(), row)));
  }

  private List<Occurrence> written() throws InterruptedException {
    List<Occurrence> written = new ArrayList<>();
    for (var next = next(); next.isPresent(); next = next()) {
      written.add(next.get());
    }
    return written;
  }

  private Optional<Occurrence> next() throws InterruptedException {
    return events.next(Duration.ZERO);
  }

  private void ask(String name, String version, Map<String, String> targets, boolean labelNodes) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(
        new ObjectMetaBuilder().withName(name).withUid("uid-" + name).withGeneration(1L).build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            "sample-A",
            new Source(null, null, version),
            new Target(new LabelSelectorBuilder().withMatchLabels(targets).build()),
            labelNodes,
            List.of()));
    compatibilities.put(object);
  }
}
