package io.mdevmigration.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceNode;
import io.mdevmigration.crds.Target;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.operator.MdevOperator;
import io.mdevmigration.operator.OperatorOptions;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.node.NodeWriter;
import io.mdevmigration.operator.trial.TrialPeriods;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * From simulated kernels to node labels, through a real API server: the real daemon, the real
 * operator. Each test has the cluster to itself.
 */
class MainJobIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration QUIET = Duration.ofSeconds(3);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final DaemonOptions DAEMON =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500));

  private static final MdevClass A1 = new MdevClass("sample-A", "A-v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "A-v2");

  private static ControlPlane controlPlane;
  private static KubernetesClient client;
  private static KubernetesClient operatorClient;
  private Fleet fleet;
  private MdevOperator operator;

  @BeforeAll
  static void startControlPlane() {
    controlPlane = ControlPlane.start();
    client = controlPlane.client("main-job-test");
    operatorClient = controlPlane.client("mdev-operator/test");
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

  @BeforeEach
  void start() {
    fleet = Fleet.of(client, controlPlane.config("mdev-node/test"), DAEMON);
    startOperator();
  }

  private void startOperator() {
    operator =
        new MdevOperator(
            operatorClient,
            new OperatorOptions(4, GRACE, TrialPeriods.DEFAULT),
            InstantSource.system());
    operator.start();
  }

  @AfterEach
  void clear() {
    operator.close();
    fleet.close();
    for (String resource : List.of("migrationcompatibilities", "mdevnodestates", "nodes")) {
      controlPlane.kubectl("delete", resource, "--all", "--wait=true").orThrow();
    }
  }

  @Test
  void everyNodeThatAcceptsGetsTheLabelAndNoOtherDoes() {
    fleet.add("old", older());
    fleet.add("new", newer());
    fleet.add("empty", SimulatedKernel.with());
    ask("fleet", wholeFleet());

    awaitLabels("old", A1);
    awaitLabels("new", A1, A2);
    var status = awaitReady("fleet");
    assertThat(ownLabels("empty")).isEmpty();
    assertThat(status.sourceCount()).isEqualTo(2);
    assertThat(status.compatible()).isEqualTo(1);
    assertThat(status.incompatible()).isEqualTo(1);
    assertThat(status.unsupported()).isEqualTo(1);
    assertThat(status.verdicts())
        .anySatisfy(
            verdict -> {
              assertThat(verdict.nodes()).containsExactly("old");
              assertThat(verdict.source()).isEqualTo(A2.digest());
              assertThat(verdict.errnoName()).isEqualTo("EINVAL");
            })
        .anySatisfy(
            verdict -> {
              assertThat(verdict.nodes()).containsExactly("empty");
              assertThat(verdict.reason()).isEqualTo("TypeNotOffered");
            });
    for (String node : List.of("old", "new")) {
      var kernel = fleet.node(node).kernel();
      for (String parent : List.of(SimulatedDriver.parentName(0), SimulatedDriver.parentName(1))) {
        assertThat(kernel.writes(parent, "sample-A", "A-v1")).as(node).isEqualTo(1);
        assertThat(kernel.writes(parent, "sample-A", "A-v2")).as(node).isEqualTo(1);
      }
    }
    assertThat(fleet.node("empty").kernel().totalWrites()).isZero();
  }

  @Test
  void aNodeIsLabelledWithOneWriteOfEachKindAndOneMoreWhereItTriesFirst() {
    fleet.add("old", older());
    fleet.add("old-too", older());
    awaitPublished("old", "old-too");
    AuditLog.Mark before = controlPlane.auditLog().mark();
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    awaitLabels("old-too", A1);
    awaitReady("fleet");
    quiet();
    AuditEntries writes = controlPlane.auditLog().since(before).writes();
    for (String node : List.of("old", "old-too")) {
      AuditEntries own = writes.where(e -> e.name().equals(node));
      assertThat(own.where(e -> e.resource().equals("nodes")).list()).hasSize(1);
      // The one that tries gets its check as a trial first, and as any other once that has ended.
      assertThat(own.where(e -> isSpecOfState(e)).list())
          .as("checks: %s", writes)
          .hasSize(node.equals("old") ? 2 : 1);
      assertThat(own.where(e -> e.subresource().equals("status")).list())
          .as("answers, and before them that the node is about to ask: %s", writes)
          .hasSize(2);
    }
  }

  private static boolean isSpecOfState(AuditEntry entry) {
    return entry.resource().equals("mdevnodestates") && entry.subresource().isEmpty();
  }

  @Test
  void aRestartOfEverythingWritesNothingAndAsksNothing() {
    fleet.add("old", older());
    fleet.add("new", newer());
    ask("fleet", wholeFleet());
    awaitLabels("new", A1, A2);
    awaitLabels("old", A1);
    awaitReady("fleet");
    quiet();
    int asked = totalWrites();
    AuditLog.Mark before = controlPlane.auditLog().mark();

    operator.close();
    fleet.stopDaemons();
    fleet.startDaemons();
    startOperator();
    quiet();

    assertThat(productWrites(before)).isEmpty();
    assertThat(totalWrites()).isEqualTo(asked);
  }

  @Test
  void aDriverReloadedWithAnotherVersionMovesTheLabels() {
    SimulatedNode old = fleet.add("old", older());
    fleet.add("new", newer());
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    old.kernel().reload(driver("2.0", "A-v2", "A-v2"));
    awaitLabels("old", A2);
    old.kernel().reload(driver("1.0", "A-v1", "A-v1"));
    awaitLabels("old", A1);
  }

  @Test
  void oneParentOfTwoThatRefusesKeepsTheLabelAwayAndIsNamed() {
    fleet.add("old", older());
    fleet.add(
        "half",
        SimulatedKernel.with(
            driver("1.0", "A-v1", "A-v1")
                .on(
                    SimulatedDriver.parentName(1),
                    "sample-A",
                    type -> type.version("A-v1").refuses("A-v1", Errno.EINVAL))));
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    awaitReady("fleet");
    assertThat(ownLabels("half")).isEmpty();
    var answer = fleet.node("half").state().orElseThrow().getStatus().answers().get(0);
    assertThat(answer.refusedBy()).containsExactly(SimulatedDriver.parentName(1));
  }

  @Test
  void sourcesAndTargetsAreThoseThatTheSpecNames() {
    fleet.add("old", older(), Map.of("pool", "one"));
    fleet.add("new", newer(), Map.of("pool", "two"));
    ask("from-old", new Source(new SourceNode("old", SimulatedDriver.parentName(0)), null, null));
    awaitLabels("old", A1);
    awaitLabels("new", A1);
    ask(
        "from-pool-two-to-pool-two",
        new Source(null, labels("pool", "two"), null),
        Map.of("pool", "two"),
        true);
    awaitLabels("new", A1, A2);
    ask("literal", new Source(null, null, "A-v2"), Map.of("pool", "two"), true);
    assertThat(awaitReady("literal").sources().get(0).publishers()).isZero();
    ask("report", new Source(null, null, "A-v2"), Map.of("pool", "one"), false);
    assertThat(awaitReady("report").incompatible()).isEqualTo(1);
    assertThat(ownLabels("old")).isEqualTo(keys(A1));
  }

  @Test
  void aSourceThatCannotBeResolvedSaysWhatToDo() {
    fleet.add("old", older());
    ask("nobody", new Source(new SourceNode("nobody", null), null, null));
    ask("no-parent", new Source(new SourceNode("old", "0000:ff:00.0"), null, null));
    awaitPublished("old");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(message("nobody")).contains("there is no Node nobody");
              assertThat(message("no-parent")).contains("has no parent 0000:ff:00.0");
            });
  }

  @Test
  void anUnreadableSysfsMakesTheInventoryIncompleteAndLabelsStay() {
    SimulatedNode old = fleet.add("old", older());
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    old.kernel().failAt(Path.of("/sys/class/mdev_bus"), Errno.EACCES);
    await().atMost(SOON).until(() -> !old.state().orElseThrow().getStatus().inventory().complete());
    quiet();
    assertThat(ownLabels("old")).isEqualTo(keys(A1));
    old.kernel().heal();
    await().atMost(SOON).until(() -> old.state().orElseThrow().getStatus().inventory().complete());
    quiet();
    assertThat(ownLabels("old")).isEqualTo(keys(A1));
  }

  @Test
  void aLabelChangedByHandComesBackAndOneThatWasNeverEarnedGoes() {
    fleet.add("old", older());
    fleet.add("new", newer());
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    awaitLabels("new", A1, A2);
    label("new", A1.labelKey() + "-");
    label("old", A2.labelKey() + "=true");
    label("old", "example.com/foreign=true");
    awaitLabels("new", A1, A2);
    awaitLabels("old", A1);
    assertThat(client.nodes().withName("old").get().getMetadata().getLabels())
        .containsKey("example.com/foreign");
  }

  @Test
  void anObjectThatIsReplacedAtOnceIsLookedAtAgain() {
    fleet.add("old", older());
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    awaitReady("fleet");
    client
        .resources(MigrationCompatibility.class)
        .withName("fleet")
        .edit(
            object -> {
              object.setSpec(spec(new Source(null, null, "A-v2"), Map.of(), true));
              return object;
            });
    client.resources(MigrationCompatibility.class).withName("fleet").delete();
    ask("fleet", wholeFleet());
    assertThat(awaitReady("fleet").compatible()).isEqualTo(1);
    fleet.add("new", newer());
    awaitLabels("new", A1, A2);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(status("fleet").sourceCount()).isEqualTo(2));
  }

  @Test
  void aNodeThatIsRelabelledIsATargetOrNoneFromThenOn() {
    fleet.add("old", older());
    ask("pool", new Source(null, null, "A-v1"), Map.of("pool", "one"), true);
    quiet();
    assertThat(ownLabels("old")).isEmpty();
    label("old", "pool=one");
    awaitLabels("old", A1);
    label("old", "pool-");
    awaitLabels("old");
  }

  @Test
  void aRebootTakesTheLabelsAwayUntilTheNewBootHasAnswered() {
    SimulatedNode old = fleet.add("old", older());
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    old.stopDaemon();
    old.kernel().reboot();
    old.reportBoot();
    awaitLabels("old");
    await().atMost(SOON).untilAsserted(() -> assertThat(status("fleet").unknown()).isEqualTo(1));
    old.startDaemon();
    awaitLabels("old", A1);
  }

  @Test
  void aNodeThatLosesItsLastTypeIsCountedAtOnce() {
    SimulatedNode old = fleet.add("old", older());
    ask("literal", new Source(null, null, "A-v1"));
    awaitLabels("old", A1);
    old.kernel().unload("sample");
    awaitLabels("old");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(status("literal").unsupported()).isEqualTo(1));
  }

  @Test
  void aLateWriterChangesNeitherALaterNodeNorANewerSpec() {
    SimulatedNode old = fleet.add("old", older());
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    NodeWriter late = new NodeWriter(operatorClient);
    NodeFacts former = new NodeFacts("old", "uid-of-a-former-one", Optional.empty(), Map.of());
    assertThatThrownBy(() -> late.patchLabels(former, Map.of(A2.labelKey(), LabelRow.ACCEPTED)))
        .isInstanceOf(KubernetesClientException.class);
    MdevNodeState before = old.state().orElseThrow();
    before.getMetadata().setGeneration(before.getMetadata().getGeneration() - 1);
    assertThatThrownBy(() -> late.patchChecks(NodeReport.of(before), List.of()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(ownLabels("old")).isEqualTo(keys(A1));
    assertThat(old.state().orElseThrow().getSpec().checks()).hasSize(1);
  }

  @Test
  void whatNobodyAsksForAnyMoreGoesAfterTheGraceAndNotBefore() throws Exception {
    SimulatedNode old = fleet.add("old", older());
    ask("fleet", wholeFleet());
    awaitLabels("old", A1);
    awaitReady("fleet");
    client.resources(MigrationCompatibility.class).withName("fleet").delete();
    Thread.sleep(GRACE.toMillis() / 2);
    assertThat(ownLabels("old")).isEqualTo(keys(A1));
    awaitLabels("old");
    await().atMost(SOON).until(() -> old.state().orElseThrow().getSpec().checks().isEmpty());
    await().atMost(SOON).until(() -> old.state().orElseThrow().getStatus().answers().isEmpty());
  }

  private static SimulatedKernel older() {
    return SimulatedKernel.with(driver("1.0", "A-v1", "A-v1"));
  }

  private static SimulatedKernel newer() {
    return SimulatedKernel.with(driver("2.0", "A-v2", "A-v1", "A-v2"));
  }

  private static SimulatedDriver driver(String version, String own, String... accepted) {
    return SimulatedDriver.named("sample")
        .version(version)
        .parents(2)
        .type("sample-A", type -> type.version(own).accepts(accepted));
  }

  private static Source wholeFleet() {
    return new Source(null, new LabelSelector(), null);
  }

  private static LabelSelector labels(String key, String value) {
    return new LabelSelectorBuilder().addToMatchLabels(key, value).build();
  }

  private void ask(String name, Source source) {
    ask(name, source, Map.of(), true);
  }

  private void ask(String name, Source source, Map<String, String> targets, boolean labelNodes) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName(name).build());
    object.setSpec(spec(source, targets, labelNodes));
    client.resource(object).create();
  }

  private static MigrationCompatibilitySpec spec(
      Source source, Map<String, String> targets, boolean labelNodes) {
    return new MigrationCompatibilitySpec(
        "sample-A",
        source,
        new Target(new LabelSelectorBuilder().withMatchLabels(targets).build()),
        labelNodes,
        List.of());
  }

  private static MigrationCompatibilityStatus status(String name) {
    return client.resources(MigrationCompatibility.class).withName(name).get().getStatus();
  }

  /** Sets a label, or removes it with {@code -} behind its key, as an admin does. */
  private static void label(String node, String label) {
    controlPlane.kubectl("label", "--overwrite", "node", node, label).orThrow();
  }

  private void awaitLabels(String node, MdevClass... classes) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(ownLabels(node)).as(node).isEqualTo(keys(classes)));
  }

  private static Set<String> keys(MdevClass... classes) {
    return List.of(classes).stream()
        .map(MdevClass::labelKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> ownLabels(String node) {
    return client.nodes().withName(node).get().getMetadata().getLabels().keySet().stream()
        .filter(MdevClass::isOwnLabel)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void awaitPublished(String... nodes) {
    for (String node : nodes) {
      Callable<Boolean> published =
          () ->
              fleet
                  .node(node)
                  .state()
                  .map(state -> state.getStatus())
                  .filter(status -> status.inventory() != null)
                  .isPresent();
      await().atMost(SOON).until(published);
    }
  }

  private static MigrationCompatibilityStatus awaitReady(String name) {
    controlPlane
        .kubectl("wait", "--for=condition=Ready", "--timeout=30s", "mcompat/" + name)
        .orThrow();
    return status(name);
  }

  private static String message(String name) {
    return client
        .resources(MigrationCompatibility.class)
        .withName(name)
        .get()
        .getStatus()
        .conditions()
        .get(0)
        .getMessage();
  }

  private int totalWrites() {
    return fleet.nodes().stream().mapToInt(node -> node.kernel().totalWrites()).sum();
  }

  private static List<String> productWrites(AuditLog.Mark since) {
    List<String> writes = new ArrayList<>();
    AuditEntries entries = controlPlane.auditLog().since(since).writes();
    entries.byUserAgent("mdev-operator").forEach(entry -> writes.add(entry.toString()));
    entries.byUserAgent("mdev-node").forEach(entry -> writes.add(entry.toString()));
    return writes;
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
