package io.mdevmigration.e2e.operator;

import static io.mdevmigration.e2e.operator.OperatorCluster.A1;
import static io.mdevmigration.e2e.operator.OperatorCluster.SOON;
import static io.mdevmigration.e2e.operator.OperatorCluster.driver;
import static io.mdevmigration.e2e.operator.OperatorCluster.quiet;
import static io.mdevmigration.e2e.operator.OperatorCluster.soon;
import static io.mdevmigration.e2e.operator.OperatorCluster.wholeFleet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.operator.MdevOperator;
import io.mdevmigration.operator.OperatorOptions;
import io.mdevmigration.operator.event.EventWriter;
import io.mdevmigration.operator.event.Events;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.trial.TrialPeriods;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is told as events, through a real API server. */
@Timeout(180)
class EventsIT {
  private static final String NOBODY = "nobody";
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Events.Rate RATE = Events.Rate.DEFAULT;

  @RegisterExtension
  private static final OperatorCluster cluster = new OperatorCluster(new Options().user(NOBODY));

  @AfterEach
  void deleteEvents() {
    cluster.controlPlane().kubectl("delete", "events", "--all", "-n", "default").orThrow();
  }

  @Test
  void whatChangesIsToldOnceOnTheNodeAndOnTheObjectAndNothingByARestart() {
    AuditLog.Mark start = cluster.mark();
    Fleet fleet = cluster.startFleet(DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500)));
    SimulatedNode old = fleet.add("old", kernel("1.0", "A-v1", "A-v1"));
    fleet.add("new", kernel("2.0", "A-v2", "A-v1", "A-v2"));
    try (MdevOperator operator = operator()) {
      operator.start();
      cluster.ask("fleet", wholeFleet());
      soon(() -> assertThat(counts("fleet", "Ready")).isPositive());
      // Each patch of a Node's labels is one event, and each write of an event is counted in it.
      soon(
          () -> {
            assertThat(counts("old", "LabelAdded") + counts("new", "LabelAdded"))
                .isEqualTo(labelPatches(start));
            assertThat(eventWrites(start)).isEqualTo(counts());
          });
      assertThat(cluster.controlPlane().kubectl("describe", "node", "old").orThrow().stdout())
          .containsPattern(
              "Normal +LabelAdded +\\S+ +mdev-operator +label "
                  + A1.labelKey()
                  + " added: the driver accepts it");
      assertThat(cluster.controlPlane().kubectl("describe", "mcompat", "fleet").orThrow().stdout())
          .containsPattern("Normal +Ready +.* mdev-operator +all 2 target\\(s\\) have answered")
          .containsPattern("Normal +TrialBegun ")
          .containsPattern("Normal +TrialEnded ");
    }
    AuditLog.Mark restart = cluster.mark();
    try (MdevOperator operator = operator()) {
      operator.start();
      quiet();
      assertThat(eventWrites(restart)).isZero();

      old.kernel().reload(driver("2.0", "A-v2", "A-v2"));
      soon(() -> assertThat(counts("old", "LabelRemoved")).isPositive());
      old.kernel().reload(driver("1.0", "A-v1", "A-v1"));
      soon(() -> assertThat(count("old", "label " + A1.labelKey() + " added")).isEqualTo(2));
    }
    assertThat(cluster.controlPlane().kubectl("describe", "node", "old").orThrow().stdout())
        .containsPattern("LabelAdded +\\S+ \\(x2 over \\S+\\) +mdev-operator +label")
        .contains("label " + A1.labelKey() + " removed: ");
  }

  @Test
  void theSameAgainCountsUpAcrossWritersAndAfterItIsForgotten() {
    NodeFacts node = node("same");
    AuditLog.Mark start = cluster.mark();
    tell(cluster.operatorClient(), node, 3);
    assertThat(told(node))
        .extracting(Event::getReason, Event::getType, Event::getCount)
        .containsExactly(tuple("LabelAdded", "Normal", 3));
    assertThat(verbs(start)).containsExactly("create", "patch", "patch");

    AuditLog.Mark later = cluster.mark();
    tell(cluster.operatorClient(), node, 1);
    assertThat(told(node)).extracting(Event::getCount).containsExactly(4);
    assertThat(verbs(later))
        .as("the name is taken, so count up")
        .containsExactly("create", "patch");

    Events events = events();
    try (EventWriter writer = new EventWriter(cluster.operatorClient(), events, CLOCK)) {
      writer.start();
      happen(events, node);
      soon(() -> assertThat(told(node)).extracting(Event::getCount).containsExactly(5));
      cluster.client().v1().events().inNamespace("default").delete();
      happen(events, node);
      soon(() -> assertThat(told(node)).extracting(Event::getCount).containsExactly(1));
    }
  }

  @Test
  void anEventSaysWhenItHappenedFirstAndLast() {
    NodeFacts node = node("when");
    tell(cluster.operatorClient(), node, 1);
    String first = told(node).get(0).getFirstTimestamp();
    await()
        .atMost(SOON)
        .until(() -> !CLOCK.instant().toString().startsWith(first.substring(0, 19)));
    tell(cluster.operatorClient(), node, 1);
    Event again = told(node).get(0);
    assertThat(again.getFirstTimestamp()).isEqualTo(first);
    assertThat(again.getLastTimestamp()).isGreaterThan(first);
  }

  @Test
  void aWriterThatIsNotAllowedToWriteIsQuietAndGoesOn() {
    NodeFacts node = node("forbidden");
    AuditLog.Mark start = cluster.mark();
    try (KubernetesClient nobody =
        new KubernetesClientBuilder()
            .withConfig(cluster.controlPlane().config(NOBODY, "mdev-operator/nobody"))
            .build()) {
      tell(nobody, node, 3);
    }
    assertThat(eventWrites(start)).as("one try each").isEqualTo(3);
    assertThat(told(node)).isEmpty();
  }

  @Test
  void nobodyWaitsForAnApiServerThatDoesNotAnswer() {
    Config nowhere =
        new ConfigBuilder(cluster.controlPlane().config("mdev-operator/nowhere"))
            .withMasterUrl("https://192.0.2.1:1")
            .build();
    Events events = events();
    try (KubernetesClient unreachable = new KubernetesClientBuilder().withConfig(nowhere).build();
        EventWriter writer = new EventWriter(unreachable, events, CLOCK)) {
      writer.start();
      for (int i = 0; i < 5000; i++) {
        happen(events, new NodeFacts("n" + i, "uid-" + i, Optional.empty(), Map.of()));
      }
    }
  }

  private static MdevOperator operator() {
    return new MdevOperator(
        cluster.operatorClient(),
        new OperatorOptions(4, Duration.ofMinutes(10), TrialPeriods.DEFAULT),
        CLOCK);
  }

  private static Events events() {
    return new Events(
        new Compatibilities(new io.mdevmigration.operator.fleet.Fleet()), RATE, CLOCK);
  }

  /** Has one thing happen to a node, so many times, and a writer of its own write that. */
  private static void tell(KubernetesClient by, NodeFacts node, int times) {
    Events events = events();
    try (EventWriter writer = new EventWriter(by, events, CLOCK)) {
      writer.start();
      for (int i = 0; i < times; i++) {
        happen(events, node);
      }
    }
  }

  private static void happen(Events events, NodeFacts node) {
    events.labelsChanged(
        node, Optional.empty(), Map.of(), new TreeMap<>(Map.of(A1.labelKey(), LabelRow.ACCEPTED)));
  }

  private static NodeFacts node(String name) {
    return NodeFacts.of(
        cluster
            .client()
            .resource(new NodeBuilder().withNewMetadata().withName(name).endMetadata().build())
            .create());
  }

  private static List<Event> told(NodeFacts node) {
    return cluster.client().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getUid().equals(node.uid()))
        .toList();
  }

  /** How often the operator has told anything. */
  private static int counts() {
    return cluster.client().v1().events().inNamespace("default").list().getItems().stream()
        .mapToInt(Event::getCount)
        .sum();
  }

  /** How often this was told of an object. */
  private static int counts(String name, String reason) {
    return cluster.client().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(name))
        .filter(event -> event.getReason().equals(reason))
        .mapToInt(Event::getCount)
        .sum();
  }

  /** How often a message that begins so was told of an object. */
  private static int count(String name, String message) {
    return cluster.client().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(name))
        .filter(event -> event.getMessage().startsWith(message))
        .mapToInt(Event::getCount)
        .sum();
  }

  private static int labelPatches(AuditLog.Mark since) {
    return operatorWrites(since).of("nodes").size();
  }

  private static int eventWrites(AuditLog.Mark since) {
    return operatorWrites(since).of("events").size();
  }

  private static List<String> verbs(AuditLog.Mark since) {
    return operatorWrites(since).of("events").list().stream().map(e -> e.verb()).toList();
  }

  private static AuditEntries operatorWrites(AuditLog.Mark since) {
    return cluster.controlPlane().auditLog().since(since).writes().byUserAgent("mdev-operator");
  }

  private static SimulatedKernel kernel(String version, String own, String... accepted) {
    return SimulatedKernel.with(driver(version, own, accepted));
  }
}
