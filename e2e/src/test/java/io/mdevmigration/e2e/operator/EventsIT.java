package io.mdevmigration.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
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
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told as events, through a real API server. */
@Timeout(180)
class EventsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofSeconds(3);
  private static final String AGENT = "mdev-operator/events";
  private static final String NOBODY = "nobody";
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Events.Rate RATE = Events.Rate.DEFAULT;

  private static final MdevClass A1 = new MdevClass("sample-A", "A-v1");

  private static ControlPlane controlPlane;
  private static KubernetesClient client;
  private static KubernetesClient operatorClient;

  @BeforeAll
  static void startControlPlane() {
    controlPlane = ControlPlane.start(new Options().user(NOBODY));
    client = controlPlane.client("events-test");
    operatorClient = controlPlane.client(AGENT);
    String crds = Project.root().resolve("crds") + "/";
    controlPlane.kubectl("apply", "-f", crds).orThrow();
    controlPlane
        .kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", crds)
        .orThrow();
  }

  @AfterAll
  static void stopControlPlane() {
    operatorClient.close();
    client.close();
    controlPlane.close();
  }

  @AfterEach
  void clear() {
    for (String resource : List.of("migrationcompatibilities", "mdevnodestates", "nodes")) {
      controlPlane.kubectl("delete", resource, "--all", "--wait=true").orThrow();
    }
    controlPlane.kubectl("delete", "events", "--all", "-n", "default").orThrow();
  }

  @Test
  void whatChangesIsToldOnceOnTheNodeAndOnTheObjectAndNothingByARestart() {
    AuditLog.Mark start = controlPlane.auditLog().mark();
    try (Fleet fleet =
        Fleet.of(
            client,
            controlPlane.config("mdev-node/events"),
            DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500)))) {
      SimulatedNode old = fleet.add("old", kernel("1.0", "A-v1", "A-v1"));
      fleet.add("new", kernel("2.0", "A-v2", "A-v1", "A-v2"));
      try (MdevOperator operator = operator()) {
        operator.start();
        askFleet();
        soon(() -> assertThat(counts("fleet", "Ready")).isPositive());
        // Each patch of a Node's labels is one event, and each write of an event is counted in it.
        soon(
            () -> {
              assertThat(counts("old", "LabelAdded") + counts("new", "LabelAdded"))
                  .isEqualTo(labelPatches(start));
              assertThat(eventWrites(start)).isEqualTo(counts());
            });
        assertThat(controlPlane.kubectl("describe", "node", "old").orThrow().stdout())
            .containsPattern(
                "Normal +LabelAdded +\\S+ +mdev-operator +label "
                    + A1.labelKey()
                    + " added: the driver accepts it");
        assertThat(controlPlane.kubectl("describe", "mcompat", "fleet").orThrow().stdout())
            .containsPattern("Normal +Ready +.* mdev-operator +all 2 target\\(s\\) have answered")
            .containsPattern("Normal +TrialBegun ")
            .containsPattern("Normal +TrialEnded ");
      }
      AuditLog.Mark restart = controlPlane.auditLog().mark();
      try (MdevOperator operator = operator()) {
        operator.start();
        quiet();
        assertThat(eventWrites(restart)).isZero();

        old.kernel().reload(driver("2.0", "A-v2", "A-v2"));
        soon(() -> assertThat(counts("old", "LabelRemoved")).isPositive());
        old.kernel().reload(driver("1.0", "A-v1", "A-v1"));
        soon(() -> assertThat(count("old", "label " + A1.labelKey() + " added")).isEqualTo(2));
      }
      assertThat(controlPlane.kubectl("describe", "node", "old").orThrow().stdout())
          .containsPattern("LabelAdded +\\S+ \\(x2 over \\S+\\) +mdev-operator +label")
          .contains("label " + A1.labelKey() + " removed: ");
    }
  }

  @Test
  void theSameAgainCountsUpAcrossWritersAndAfterItIsForgotten() {
    NodeFacts node = node("same");
    AuditLog.Mark start = controlPlane.auditLog().mark();
    tell(operatorClient, node, 3);
    assertThat(told(node))
        .extracting(Event::getReason, Event::getType, Event::getCount)
        .containsExactly(tuple("LabelAdded", "Normal", 3));
    assertThat(verbs(start)).containsExactly("create", "patch", "patch");

    AuditLog.Mark later = controlPlane.auditLog().mark();
    tell(operatorClient, node, 1);
    assertThat(told(node)).extracting(Event::getCount).containsExactly(4);
    assertThat(verbs(later))
        .as("the name is taken, so count up")
        .containsExactly("create", "patch");

    Events events = events();
    try (EventWriter writer = new EventWriter(operatorClient, events, CLOCK)) {
      writer.start();
      happen(events, node);
      soon(() -> assertThat(told(node)).extracting(Event::getCount).containsExactly(5));
      client.v1().events().inNamespace("default").delete();
      happen(events, node);
      soon(() -> assertThat(told(node)).extracting(Event::getCount).containsExactly(1));
    }
  }

  @Test
  void anEventSaysWhenItHappenedFirstAndLast() {
    NodeFacts node = node("when");
    tell(operatorClient, node, 1);
    String first = told(node).get(0).getFirstTimestamp();
    await()
        .atMost(SOON)
        .until(() -> !CLOCK.instant().toString().startsWith(first.substring(0, 19)));
    tell(operatorClient, node, 1);
    Event again = told(node).get(0);
    assertThat(again.getFirstTimestamp()).isEqualTo(first);
    assertThat(again.getLastTimestamp()).isGreaterThan(first);
  }

  @Test
  void aWriterThatIsNotAllowedToWriteIsQuietAndGoesOn() {
    NodeFacts node = node("forbidden");
    AuditLog.Mark start = controlPlane.auditLog().mark();
    try (KubernetesClient nobody =
        new KubernetesClientBuilder().withConfig(controlPlane.config(NOBODY, AGENT)).build()) {
      tell(nobody, node, 3);
    }
    assertThat(eventWrites(start)).as("one try each").isEqualTo(3);
    assertThat(told(node)).isEmpty();
  }

  @Test
  void nobodyWaitsForAnApiServerThatDoesNotAnswer() {
    Config nowhere =
        new ConfigBuilder(controlPlane.config(AGENT)).withMasterUrl("https://192.0.2.1:1").build();
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
        operatorClient,
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
        client
            .resource(new NodeBuilder().withNewMetadata().withName(name).endMetadata().build())
            .create());
  }

  private static List<Event> told(NodeFacts node) {
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getUid().equals(node.uid()))
        .toList();
  }

  private static void askFleet() {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName("fleet").build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            "sample-A", new Source(null, new LabelSelector(), null), null, true, List.of()));
    client.resource(object).create();
  }

  /** How often the operator has told anything. */
  private static int counts() {
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .mapToInt(Event::getCount)
        .sum();
  }

  /** How often this was told of an object. */
  private static int counts(String name, String reason) {
    return client.v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(name))
        .filter(event -> event.getReason().equals(reason))
        .mapToInt(Event::getCount)
        .sum();
  }

  /** How often a message that begins so was told of an object. */
  private static int count(String name, String message) {
    return client.v1().events().inNamespace("default").list().getItems().stream()
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
    return controlPlane.auditLog().since(since).writes().byUserAgent("mdev-operator");
  }

  private static SimulatedKernel kernel(String version, String own, String... accepted) {
    return SimulatedKernel.with(driver(version, own, accepted));
  }

  private static SimulatedDriver driver(String version, String own, String... accepted) {
    return SimulatedDriver.named("sample")
        .version(version)
        .parents(2)
        .type("sample-A", type -> type.version(own).accepts(accepted));
  }

  private static void soon(ThrowingRunnable assertion) {
    await().atMost(SOON).untilAsserted(assertion);
  }

  private static void quiet() {
    try {
      Thread.sleep(QUIET.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
