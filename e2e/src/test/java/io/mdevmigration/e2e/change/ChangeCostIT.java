package io.mdevmigration.e2e.change;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.simulated.Question;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How many writes each change of a node costs, at the API server and in the kernel: the real
 * daemon, the operator as it is shipped. Each test has the cluster to itself.
 */
@Timeout(180)
final class ChangeCostIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Longer than the daemon's last look after a parent has come, 3 s. */
  private static final Duration QUIET = Duration.ofMillis(3500);

  private static final String NODE = "gpu-a";
  private static final String FIRST = SimulatedDriver.parentName(0);
  private static final String SECOND = SimulatedDriver.parentName(1);
  private static final String THIRD = SimulatedDriver.parentName(2);
  private static final Setup BEFORE = new Setup("1.0", Set.of("A-v1"));

  private static final String ANSWERS = "mdev-node patch mdevnodestates/status " + NODE;
  private static final String CHECKS = "mdev-operator patch mdevnodestates " + NODE;
  private static final String LABELS = "mdev-operator patch nodes " + NODE;

  private static ControlPlane controlPlane;
  private static KubernetesClient client;
  private Fleet fleet;
  private OperatorProcess operator;
  private LabelHistory labels;

  @BeforeAll
  static void startControlPlane() {
    controlPlane = ControlPlane.start();
    client = controlPlane.client("change-cost-test");
    CustomResources.install(controlPlane);
  }

  @AfterAll
  static void stopControlPlane() {
    client.close();
    controlPlane.close();
  }

  @BeforeEach
  void start() {
    labels = new LabelHistory(client);
    startOperator();
    start(DaemonOptions.DEFAULTS);
  }

  /** A node that is going to change, and one with each driver that does not. */
  private void start(DaemonOptions daemon) {
    fleet = Fleet.of(client, controlPlane.config(Ledger.DAEMON), daemon);
    Ledger beginning = Ledger.open(controlPlane, fleet);
    for (String driver : Setup.DRIVERS) {
      Setup own = new Setup(driver, Set.of(Setup.version(driver)));
      fleet.add("keeps-" + driver, SimulatedKernel.with(own.simulate()));
    }
    fleet.add(NODE, SimulatedKernel.with(BEFORE.simulate()));
    client.resource(Changes.wholeFleet()).create();
    awaitLabels(BEFORE);
    beginning.awaitQuiet(QUIET);
  }

  @AfterEach
  void clear() {
    operator.close();
    fleet.close();
    labels.close();
    for (String resource : List.of("migrationcompatibilities", "mdevnodestates", "nodes")) {
      controlPlane.kubectl("delete", resource, "--all", "--wait=true").orThrow();
    }
  }

  // ---- drivers

  @Test
  void aDriverReloadedAsItWasCostsOneWriteAndEachQuestionOnce() {
    Ledger ledger = open();
    kernel().reload(BEFORE.simulate());
    awaitFirstWrite(ledger);
    ledger.awaitQuiet(QUIET);
    assertThat(ledger.apiWrites()).isEqualTo(Map.of(ANSWERS, 1));
    assertThat(ledger.kernelWrites(NODE)).isEqualTo(everyQuestionOnce());
    assertNoOtherKernelIsAsked(ledger);
  }

  @Test
  void aDriverReloadedThatAcceptsOtherwiseCostsTwoWrites() {
    Setup after = new Setup("1.0", Set.of("A-v2"));
    Ledger ledger = open();
    kernel().reload(after.simulate());
    awaitLabels(after);
    ledger.awaitQuiet(QUIET);
    assertThat(ofTheNode(ledger)).isEqualTo(Map.of(ANSWERS, 1, LABELS, 1));
    assertThat(ledger.kernelWrites(NODE)).isEqualTo(everyQuestionOnce());
    assertNoOtherKernelIsAsked(ledger);
    assertThat(events(ledger)).isEqualTo(2);
    assertThat(statuses(ledger)).isBetween(1, 2);
  }

  @Test
  void anotherDriverThatTheFleetKnowsCostsFiveWrites() {
    Setup after = new Setup("2.0", Set.of("A-v1", "A-v2"));
    Ledger ledger = open();
    kernel().reload(after.simulate());
    awaitLabels(after);
    ledger.awaitQuiet(QUIET);
    // The other driver is asked when the check names it, and until it answers no label may stay.
    assertThat(ofTheNode(ledger)).isEqualTo(Map.of(ANSWERS, 2, CHECKS, 1, LABELS, 2));
    assertThat(ledger.kernelWrites(NODE)).isEqualTo(everyQuestionOnce());
    assertNoOtherKernelIsAsked(ledger);
    assertThat(statuses(ledger)).isBetween(1, 2);
  }

  @Test
  void aDriverThatIsNewToTheFleetCostsAQuestionStoredFirstAndATrialThatEnds() {
    SimulatedDriver unheardOf =
        new Setup("3.0", Set.of("A-v1"))
            .simulate()
            .type(Setup.TYPE, type -> type.version("A-v1").accepts("A-v1"));
    Ledger ledger = open();
    kernel().reload(unheardOf);
    awaitFirstWrite(ledger);
    ledger.awaitQuiet(QUIET);
    awaitLabels(BEFORE);
    // Two classes are new to it and are tried one by one: four statuses and three patches of the
    // checks, one more or less as trials begin or end together.
    Map<String, Integer> writes = ofTheNode(ledger);
    assertThat(writes).containsOnlyKeys(ANSWERS, CHECKS, LABELS).containsEntry(LABELS, 2);
    assertThat(writes.get(ANSWERS)).isBetween(3, 5);
    assertThat(writes.get(CHECKS)).isBetween(2, 4);
    assertThat(ledger.kernelWrites(NODE)).isEqualTo(everyQuestionOnce());
    assertNoOtherKernelIsAsked(ledger);
  }

  @Test
  void aRebootWithTheSameDriverCostsFourWrites() {
    Ledger ledger = open();
    fleet.node(NODE).reboot();
    awaitFirstWrite(ledger);
    ledger.awaitQuiet(QUIET);
    awaitLabels(BEFORE);
    // What the node is about to ask is stored first, because each question may end a boot.
    assertThat(ofTheNode(ledger)).isEqualTo(Map.of(ANSWERS, 2, LABELS, 2));
    assertThat(ledger.kernelWrites(NODE)).isEqualTo(everyQuestionOnce());
    assertNoOtherKernelIsAsked(ledger);
    assertThat(statuses(ledger)).isBetween(1, 3);
  }

  @Test
  void aVersionThatChangesSilentlyCostsOneWrite() {
    clear();
    labels = new LabelHistory(client);
    startOperator();
    start(DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500)));
    Ledger ledger = open();
    kernel()
        .changeSilently(
            BEFORE.simulate().type(Setup.TYPE, type -> type.version("A-v2").accepts("A-v1")));
    await().atMost(SOON).until(() -> publishes("A-v2"));
    ledger.awaitQuiet(QUIET);
    assertThat(ofTheNode(ledger)).isEqualTo(Map.of(ANSWERS, 1));
    assertThat(ledger.kernelWrites(NODE)).isEqualTo(everyQuestionOnce());
    assertNoOtherKernelIsAsked(ledger);
  }

  // ---- parents

  @Test
  void aParentThatComesCostsOneWriteAndIsTheOnlyOneAsked() {
    Ledger ledger = open();
    kernel().addParent("sample", THIRD);
    awaitFirstWrite(ledger);
    ledger.awaitQuiet(QUIET);
    assertThat(ledger.apiWrites()).isEqualTo(Map.of(ANSWERS, 1));
    assertThat(ledger.kernelWrites(NODE)).isEqualTo(everyQuestionOnce(THIRD));
    assertNoOtherKernelIsAsked(ledger);
  }

  @Test
  void aParentThatGoesCostsOneWriteAndNoQuestion() {
    Ledger ledger = open();
    kernel().removeParent(SECOND);
    awaitFirstWrite(ledger);
    ledger.awaitQuiet(QUIET);
    assertThat(ledger.apiWrites()).isEqualTo(Map.of(ANSWERS, 1));
    assertThat(ledger.kernelWrites()).isZero();
  }

  // ---- Nodes

  @Test
  void aLabelRemovedByHandCostsOneWriteAndNoQuestion() {
    String key = BEFORE.labels().iterator().next();
    Ledger ledger = open();
    controlPlane.kubectl("label", "node", NODE, key + "-").orThrow();
    awaitFirstWrite(ledger);
    ledger.awaitQuiet(QUIET);
    awaitLabels(BEFORE);
    assertThat(ofTheNode(ledger)).isEqualTo(Map.of(LABELS, 1));
    assertThat(events(ledger)).isEqualTo(1);
    assertThat(statuses(ledger)).isZero();
    assertThat(ledger.kernelWrites()).isZero();
  }

  @Test
  void aHeartbeatOrALabelOfSomeoneElseCostsNothing() {
    Ledger ledger = open();
    for (int i = 0; i < 3; i++) {
      client
          .nodes()
          .withName(NODE)
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.STRATEGIC_MERGE),
              """
              {"status": {
                "conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": "%s"}],
                "images": [{"names": ["example.com/image-%d"], "sizeBytes": 1}]}}"""
                  .formatted(Instant.now(), i));
    }
    controlPlane.kubectl("label", "node", NODE, "example.com/foreign=true").orThrow();
    controlPlane.kubectl("annotate", "node", NODE, "example.com/foreign=true").orThrow();
    controlPlane.kubectl("cordon", NODE).orThrow();
    ledger.awaitQuiet(QUIET);
    assertThat(ledger.apiWrites()).isEmpty();
    assertThat(ledger.kernelWrites()).isZero();
  }

  // ---- restarts

  @Test
  void aRestartOfTheOperatorCostsNothing() {
    Ledger ledger = open();
    operator.close();
    startOperator();
    ledger.awaitQuiet(QUIET);
    assertThat(ledger.apiWrites()).isEmpty();
    assertThat(ledger.kernelWrites()).isZero();
  }

  @Test
  void aKilledOperatorCostsNothing() {
    Ledger ledger = open();
    operator.kill();
    startOperator();
    ledger.awaitQuiet(QUIET);
    assertThat(ledger.apiWrites()).isEmpty();
    assertThat(ledger.kernelWrites()).isZero();
  }

  @Test
  void aRestartOfEveryDaemonCostsNothing() {
    Ledger ledger = open();
    Map<String, Integer> reads = reads();
    fleet.restartDaemons();
    awaitReads(reads);
    ledger.awaitQuiet(QUIET);
    assertThat(ledger.apiWrites()).isEmpty();
    assertThat(ledger.kernelWrites()).isZero();
  }

  @Test
  void aRestartOfEverythingCostsNothing() {
    Ledger ledger = open();
    Map<String, Integer> reads = reads();
    operator.close();
    fleet.stopDaemons();
    controlPlane.restartEtcd();
    controlPlane.restartApiServer();
    fleet.startDaemons();
    startOperator();
    awaitReads(reads);
    ledger.awaitQuiet(QUIET);
    assertThat(ledger.apiWrites()).isEmpty();
    assertThat(ledger.kernelWrites()).isZero();
  }

  // ---- what the tests share

  private Ledger open() {
    return Ledger.open(controlPlane, fleet);
  }

  private SimulatedKernel kernel() {
    return fleet.node(NODE).kernel();
  }

  /** Starts the operator and returns when it leads and works. */
  private void startOperator() {
    long before = workingLines();
    operator = OperatorProcess.start(controlPlane);
    await().atMost(SOON).until(() -> workingLines() > before);
  }

  private static long workingLines() {
    var log = controlPlane.directory().resolve("operator.log");
    if (!Files.exists(log)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.endsWith("is known; working")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often each kernel was asked for a version: more often once its daemon has looked. */
  private Map<String, Integer> reads() {
    return fleet.nodes().stream()
        .collect(toMap(SimulatedNode::name, node -> node.kernel().reads(FIRST, Setup.TYPE)));
  }

  private void awaitReads(Map<String, Integer> before) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(reads())
                    .allSatisfy((n, c) -> assertThat(c).isGreaterThan(before.get(n))));
  }

  private static void awaitFirstWrite(Ledger ledger) {
    await().atMost(SOON).until(() -> !ledger.apiWrites().isEmpty());
  }

  private boolean publishes(String version) {
    return fleet.node(NODE).state().orElseThrow().getStatus().inventory().versions().stream()
        .anyMatch(published -> published.version().equals(version));
  }

  private void awaitLabels(Setup setup) {
    assertThat(labels.await(NODE, setup.labels(), SOON)).as("labels of %s", setup).isTrue();
  }

  /** What the change of a node costs at the API server, whoever else is told about it. */
  private static Map<String, Integer> ofTheNode(Ledger ledger) {
    Map<String, Integer> writes = new HashMap<>(ledger.apiWrites());
    writes
        .keySet()
        .removeIf(key -> key.contains(" events") || key.contains(" migrationcompatibilities/"));
    return writes;
  }

  private static int statuses(Ledger ledger) {
    return ledger.requests().of("migrationcompatibilities").size();
  }

  private static int events(Ledger ledger) {
    return ledger
        .requests()
        .where(entry -> entry.isEvent() && entry.name().startsWith(NODE + "."))
        .size();
  }

  private static Map<Question, Integer> everyQuestionOnce() {
    Map<Question, Integer> questions = new HashMap<>(everyQuestionOnce(FIRST));
    questions.putAll(everyQuestionOnce(SECOND));
    return questions;
  }

  private static Map<Question, Integer> everyQuestionOnce(String parent) {
    return Setup.DRIVERS.stream()
        .collect(
            toMap(driver -> new Question(parent, Setup.TYPE, Setup.version(driver)), driver -> 1));
  }

  private static void assertNoOtherKernelIsAsked(Ledger ledger) {
    assertThat(ledger.kernelWrites())
        .isEqualTo(ledger.kernelWrites(NODE).values().stream().mapToInt(Integer::intValue).sum());
  }
}
