package io.mdevmigration.e2e.operator;

import static io.mdevmigration.e2e.operator.OperatorCluster.A1;
import static io.mdevmigration.e2e.operator.OperatorCluster.A2;
import static io.mdevmigration.e2e.operator.OperatorCluster.SOON;
import static io.mdevmigration.e2e.operator.OperatorCluster.TYPE;
import static io.mdevmigration.e2e.operator.OperatorCluster.driver;
import static io.mdevmigration.e2e.operator.OperatorCluster.keys;
import static io.mdevmigration.e2e.operator.OperatorCluster.quiet;
import static io.mdevmigration.e2e.operator.OperatorCluster.wholeFleet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceNode;
import io.mdevmigration.crds.Target;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.Options;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * From simulated kernels to node labels, through a real API server: the real daemon, the real
 * operator. Each test has the cluster to itself.
 */
class MainJobIT {
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final DaemonOptions DAEMON =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500));

  @RegisterExtension
  private static final OperatorCluster cluster = new OperatorCluster(new Options());

  private Fleet fleet;
  private MdevOperator operator;

  @BeforeEach
  void start() {
    fleet = cluster.startFleet(DAEMON);
    startOperator();
  }

  private void startOperator() {
    operator =
        new MdevOperator(
            cluster.operatorClient(),
            new OperatorOptions(4, GRACE, TrialPeriods.DEFAULT),
            InstantSource.system());
    operator.start();
  }

  @AfterEach
  void stopOperator() {
    operator.close();
  }

  @Test
  void everyNodeThatAcceptsGetsTheLabelAndNoOtherDoes() {
    fleet.add("old", older());
    fleet.add("new", newer());
    fleet.add("empty", SimulatedKernel.with());
    ask("fleet", wholeFleet());

    cluster.awaitLabels("old", A1);
    cluster.awaitLabels("new", A1, A2);
    var status = cluster.awaitReady("fleet");
    assertThat(cluster.ownLabels("empty")).isEmpty();
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
    cluster.awaitPublished();
    AuditLog.Mark before = cluster.mark();
    ask("fleet", wholeFleet());
    cluster.awaitLabels("old", A1);
    cluster.awaitLabels("old-too", A1);
    cluster.awaitReady("fleet");
    quiet();
    AuditEntries writes = cluster.controlPlane().auditLog().since(before).writes();
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

  @Test
  void nothingRecordsWhoWroteWhichFieldOfAnObjectThatTwoProgramsWriteAllTheTime() {
    SimulatedNode old = fleet.add("old", older());
    ask("fleet", wholeFleet());
    cluster.awaitLabels("old", A1);
    assertThat(old.state().orElseThrow().getMetadata().getManagedFields()).isEmpty();
    old.kernel().reload(driver("2.0", "A-v2", "A-v2"));
    cluster.awaitLabels("old", A2);
    assertThat(old.state().orElseThrow().getMetadata().getManagedFields())
        .as("after another status and more checks")
        .isEmpty();
  }

  private static boolean isSpecOfState(AuditEntry entry) {
    return entry.resource().equals("mdevnodestates") && entry.subresource().isEmpty();
  }

  @Test
  void aRestartOfEverythingWritesNothingAndAsksNothing() {
    fleet.add("old", older());
    fleet.add("new", newer());
    ask("fleet", wholeFleet());
    cluster.awaitLabels("new", A1, A2);
    cluster.awaitLabels("old", A1);
    cluster.awaitReady("fleet");
    quiet();
    int asked = cluster.totalQuestions();
    AuditLog.Mark before = cluster.mark();

    operator.close();
    fleet.stopDaemons();
    fleet.startDaemons();
    startOperator();
    quiet();

    assertThat(cluster.productWrites(before)).isEmpty();
    assertThat(cluster.totalQuestions()).isEqualTo(asked);
  }

  @Test
  void aDriverReloadedWithAnotherVersionMovesTheLabels() {
    SimulatedNode old = fleet.add("old", older());
    fleet.add("new", newer());
    ask("fleet", wholeFleet());
    cluster.awaitLabels("old", A1);
    old.kernel().reload(driver("2.0", "A-v2", "A-v2"));
    cluster.awaitLabels("old", A2);
    old.kernel().reload(driver("1.0", "A-v1", "A-v1"));
    cluster.awaitLabels("old", A1);
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
    cluster.awaitLabels("old", A1);
    cluster.awaitReady("fleet");
    assertThat(cluster.ownLabels("half")).isEmpty();
    var answer = fleet.node("half").state().orElseThrow().getStatus().answers().get(0);
    assertThat(answer.refusedBy()).containsExactly(SimulatedDriver.parentName(1));
  }

  @Test
  void sourcesAndTargetsAreThoseThatTheSpecNames() {
    fleet.add("old", older(), Map.of("pool", "one"));
    fleet.add("new", newer(), Map.of("pool", "two"));
    ask("from-old", new Source(new SourceNode("old", SimulatedDriver.parentName(0)), null, null));
    cluster.awaitLabels("old", A1);
    cluster.awaitLabels("new", A1);
    ask(
        "from-pool-two-to-pool-two",
        new Source(null, labels("pool", "two"), null),
        Map.of("pool", "two"),
        true);
    cluster.awaitLabels("new", A1, A2);
    ask("literal", new Source(null, null, "A-v2"), Map.of("pool", "two"), true);
    assertThat(cluster.awaitReady("literal").sources().get(0).publishers()).isZero();
    ask("report", new Source(null, null, "A-v2"), Map.of("pool", "one"), false);
    assertThat(cluster.awaitReady("report").incompatible()).isEqualTo(1);
    assertThat(cluster.ownLabels("old")).isEqualTo(keys(A1));
  }

  @Test
  void aSourceThatCannotBeResolvedSaysWhatToDo() {
    fleet.add("old", older());
    ask("nobody", new Source(new SourceNode("nobody", null), null, null));
    ask("no-parent", new Source(new SourceNode("old", "0000:ff:00.0"), null, null));
    cluster.awaitPublished();
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
    cluster.awaitLabels("old", A1);
    old.kernel().failAt(Path.of("/sys/class/mdev_bus"), Errno.EACCES);
    await().atMost(SOON).until(() -> !old.state().orElseThrow().getStatus().inventory().complete());
    quiet();
    assertThat(cluster.ownLabels("old")).isEqualTo(keys(A1));
    old.kernel().heal();
    await().atMost(SOON).until(() -> old.state().orElseThrow().getStatus().inventory().complete());
    quiet();
    assertThat(cluster.ownLabels("old")).isEqualTo(keys(A1));
  }

  @Test
  void aLabelChangedByHandComesBackAndOneThatWasNeverEarnedGoes() {
    fleet.add("old", older());
    fleet.add("new", newer());
    ask("fleet", wholeFleet());
    cluster.awaitLabels("old", A1);
    cluster.awaitLabels("new", A1, A2);
    label("new", A1.labelKey() + "-");
    label("old", A2.labelKey() + "=true");
    label("old", "example.com/foreign=true");
    cluster.awaitLabels("new", A1, A2);
    cluster.awaitLabels("old", A1);
    assertThat(cluster.client().nodes().withName("old").get().getMetadata().getLabels())
        .containsKey("example.com/foreign");
  }

  @Test
  void anObjectThatIsReplacedAtOnceIsLookedAtAgain() {
    fleet.add("old", older());
    ask("fleet", wholeFleet());
    cluster.awaitLabels("old", A1);
    cluster.awaitReady("fleet");
    cluster
        .client()
        .resources(MigrationCompatibility.class)
        .withName("fleet")
        .edit(
            object -> {
              object.setSpec(spec(new Source(null, null, "A-v2"), Map.of(), true));
              return object;
            });
    cluster.client().resources(MigrationCompatibility.class).withName("fleet").delete();
    ask("fleet", wholeFleet());
    assertThat(cluster.awaitReady("fleet").compatible()).isEqualTo(1);
    fleet.add("new", newer());
    cluster.awaitLabels("new", A1, A2);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(cluster.status("fleet").sourceCount()).isEqualTo(2));
  }

  @Test
  void aNodeThatIsRelabelledIsATargetOrNoneFromThenOn() {
    fleet.add("old", older());
    ask("pool", new Source(null, null, "A-v1"), Map.of("pool", "one"), true);
    quiet();
    assertThat(cluster.ownLabels("old")).isEmpty();
    label("old", "pool=one");
    cluster.awaitLabels("old", A1);
    label("old", "pool-");
    cluster.awaitLabels("old");
  }

  @Test
  void aRebootTakesTheLabelsAwayUntilTheNewBootHasAnswered() {
    SimulatedNode old = fleet.add("old", older());
    ask("fleet", wholeFleet());
    cluster.awaitLabels("old", A1);
    old.stopDaemon();
    old.kernel().reboot();
    old.reportBoot();
    cluster.awaitLabels("old");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(cluster.status("fleet").unknown()).isEqualTo(1));
    old.startDaemon();
    cluster.awaitLabels("old", A1);
  }

  @Test
  void aNodeThatLosesItsLastTypeIsCountedAtOnce() {
    SimulatedNode old = fleet.add("old", older());
    ask("literal", new Source(null, null, "A-v1"));
    cluster.awaitLabels("old", A1);
    old.kernel().unload("sample");
    cluster.awaitLabels("old");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(cluster.status("literal").unsupported()).isEqualTo(1));
  }

  @Test
  void aLateWriterChangesNeitherALaterNodeNorANewerSpec() {
    SimulatedNode old = fleet.add("old", older());
    ask("fleet", wholeFleet());
    cluster.awaitLabels("old", A1);
    NodeWriter late = new NodeWriter(cluster.operatorClient());
    NodeFacts former = new NodeFacts("old", "uid-of-a-former-one", Optional.empty(), Map.of());
    assertThatThrownBy(() -> late.patchLabels(former, Map.of(A2.labelKey(), LabelRow.ACCEPTED)))
        .isInstanceOf(KubernetesClientException.class);
    MdevNodeState before = old.state().orElseThrow();
    before.getMetadata().setGeneration(before.getMetadata().getGeneration() - 1);
    assertThatThrownBy(() -> late.patchChecks(NodeReport.of(before), List.of()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(cluster.ownLabels("old")).isEqualTo(keys(A1));
    assertThat(old.state().orElseThrow().getSpec().checks()).hasSize(1);
  }

  @Test
  void whatNobodyAsksForAnyMoreGoesAfterTheGraceAndNotBefore() throws Exception {
    SimulatedNode old = fleet.add("old", older());
    ask("fleet", wholeFleet());
    cluster.awaitLabels("old", A1);
    cluster.awaitReady("fleet");
    cluster.client().resources(MigrationCompatibility.class).withName("fleet").delete();
    Thread.sleep(GRACE.toMillis() / 2);
    assertThat(cluster.ownLabels("old")).isEqualTo(keys(A1));
    cluster.awaitLabels("old");
    await().atMost(SOON).until(() -> old.state().orElseThrow().getSpec().checks().isEmpty());
    await().atMost(SOON).until(() -> old.state().orElseThrow().getStatus().answers().isEmpty());
  }

  private static SimulatedKernel older() {
    return SimulatedKernel.with(driver("1.0", "A-v1", "A-v1"));
  }

  private static SimulatedKernel newer() {
    return SimulatedKernel.with(driver("2.0", "A-v2", "A-v1", "A-v2"));
  }

  private static LabelSelector labels(String key, String value) {
    return new LabelSelectorBuilder().addToMatchLabels(key, value).build();
  }

  private static void ask(String name, Source source) {
    ask(name, source, Map.of(), true);
  }

  private static void ask(
      String name, Source source, Map<String, String> targets, boolean labelNodes) {
    cluster.ask(name, spec(source, targets, labelNodes));
  }

  private static MigrationCompatibilitySpec spec(
      Source source, Map<String, String> targets, boolean labelNodes) {
    return new MigrationCompatibilitySpec(
        TYPE,
        source,
        new Target(new LabelSelectorBuilder().withMatchLabels(targets).build()),
        labelNodes,
        List.of());
  }

  /** Sets a label, or removes it with {@code -} behind its key, as an admin does. */
  private static void label(String node, String label) {
    cluster.controlPlane().kubectl("label", "--overwrite", "node", node, label).orThrow();
  }

  private static String message(String name) {
    return cluster.status(name).conditions().get(0).getMessage();
  }
}
