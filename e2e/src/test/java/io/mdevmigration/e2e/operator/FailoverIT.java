package io.mdevmigration.e2e.operator;

import static io.mdevmigration.e2e.operator.OperatorCluster.A1;
import static io.mdevmigration.e2e.operator.OperatorCluster.A2;
import static io.mdevmigration.e2e.operator.OperatorCluster.SOON;
import static io.mdevmigration.e2e.operator.OperatorCluster.driver;
import static io.mdevmigration.e2e.operator.OperatorCluster.keys;
import static io.mdevmigration.e2e.operator.OperatorCluster.pause;
import static io.mdevmigration.e2e.operator.OperatorCluster.quiet;
import static io.mdevmigration.e2e.operator.OperatorCluster.wholeFleet;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One replica of the operator as it is shipped works and another takes over, whatever ends the
 * first. Each replica is a user of its own, so that the audit log tells who wrote.
 */
@Timeout(240)
class FailoverIT {
  private static final String FIRST = "replica-a";
  private static final String SECOND = "replica-b";
  private static final String ADMINS = "system:masters";
  private static final SimulatedDriver OLD = driver("1.0", "A-v1", "A-v1");
  private static final SimulatedDriver NEW = driver("2.0", "A-v2", "A-v1", "A-v2");

  /** Shorter than usual, so that nobody waits long, and long enough for a machine under load. */
  private static final String[] SHORT_LEASE = {
    "--lease-duration=10s", "--lease-renew-deadline=7s", "--lease-retry-period=500ms"
  };

  @RegisterExtension
  private static final OperatorCluster cluster =
      new OperatorCluster(new Options().user(FIRST, ADMINS).user(SECOND, ADMINS));

  private static final int MANY = 12;

  private final Map<String, OperatorProcess> replicas = new TreeMap<>();
  private Fleet fleet;

  @BeforeEach
  void startFleet() {
    fleet = cluster.startFleet(DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500)));
    fleet.add("old", SimulatedKernel.with(OLD));
    fleet.add("old-too", SimulatedKernel.with(OLD));
    fleet.add("new", SimulatedKernel.with(NEW));
    cluster.awaitPublished();
  }

  @AfterEach
  void endReplicas() {
    replicas.values().forEach(OperatorProcess::kill);
    lease().delete();
  }

  @Test
  void oneWorksAndTheOtherReadsAndWritesNothing() {
    startBoth(SHORT_LEASE);
    AuditLog.Mark begin = cluster.mark();
    labelTheFleet();
    quiet();
    assertThat(writes(FIRST, begin)).isNotEmpty();
    assertThat(writes(SECOND, begin)).isEmpty();
    assertThat(replicas.get(SECOND).isAlive()).isTrue();
  }

  @Test
  void aLeaderThatIsToldToStopIsFollowedAtOnceAndWithoutAWrite() {
    startBoth("--lease-duration=1h", "--lease-renew-deadline=30m");
    labelTheFleet();
    quiet();
    int questions = cluster.totalQuestions();
    AuditLog.Mark before = cluster.mark();

    assertThat(replicas.get(FIRST).terminate()).as("the exit code of SIGTERM").isEqualTo(143);
    awaitLeader(SECOND);
    quiet();
    assertThat(cluster.productWrites(before)).isEmpty();
    assertThat(cluster.totalQuestions()).isEqualTo(questions);
    followsAChange(before);
  }

  @Test
  void aLeaderThatIsKilledIsFollowedWithoutAWrite() {
    startBoth(SHORT_LEASE);
    labelTheFleet();
    quiet();
    int questions = cluster.totalQuestions();
    AuditLog.Mark before = cluster.mark();

    replicas.get(FIRST).kill();
    awaitLeader(SECOND);
    quiet();
    assertThat(cluster.productWrites(before)).isEmpty();
    assertThat(cluster.totalQuestions()).isEqualTo(questions);
    followsAChange(before);
  }

  @ParameterizedTest(name = "{0} ms after the change")
  @ValueSource(longs = {0, 200, 500})
  void aLeaderThatIsKilledWhileDriversChangeIsFollowedToTheRightLabels(long milliseconds) {
    startBoth(SHORT_LEASE);
    labelTheFleet();
    Map<String, Integer> before = questions();

    fleet.node("old").kernel().reload(NEW);
    fleet.node("new").kernel().reload(OLD);
    pause(Duration.ofMillis(milliseconds));
    replicas.get(FIRST).kill();
    awaitLeader(SECOND);
    cluster.awaitLabels("old", A1, A2);
    cluster.awaitLabels("new", A1);
    cluster.awaitReady("fleet");
    quiet();
    assertThat(cluster.ownLabels("old")).isEqualTo(keys(A1, A2));
    assertThat(cluster.ownLabels("new")).isEqualTo(keys(A1));
    assertThat(cluster.ownLabels("old-too")).isEqualTo(keys(A1));
    // Two parents, two classes: each reloaded driver is asked once, the other one not at all.
    assertThat(questions())
        .isEqualTo(
            Map.of(
                "old", before.get("old") + 4,
                "new", before.get("new") + 4,
                "old-too", before.get("old-too")));
  }

  @RepeatedTest(2)
  void aLeaderThatWasHeldUpUntilAnotherOneLedEndsItselfAndWritesNothing() {
    // Work enough that somebody who begins with it writes something before he notices.
    for (int i = 0; i < MANY; i++) {
      fleet.add("node-" + i, SimulatedKernel.with(OLD));
    }
    startBoth(SHORT_LEASE);
    labelTheFleet();
    quiet();

    replicas.get(FIRST).pause();
    awaitLeader(SECOND);
    List<SimulatedNode> changing =
        fleet.nodes().stream().filter(node -> node.name().startsWith("node-")).toList();
    changing.forEach(node -> node.kernel().reload(NEW));
    changing.forEach(node -> cluster.awaitLabels(node.name(), A1, A2));
    cluster.awaitReady("fleet");
    quiet();
    AuditLog.Mark before = cluster.mark();
    replicas.get(FIRST).resume();

    assertThat(replicas.get(FIRST).awaitEnd(SOON)).as("its exit code").hasValue(1);
    quiet();
    assertThat(writes(FIRST, before)).isEmpty();
    assertThat(cluster.productWrites(before)).isEmpty();
    assertThat(changing)
        .allSatisfy(node -> assertThat(cluster.ownLabels(node.name())).isEqualTo(keys(A1, A2)));
  }

  // ---- replicas

  /** Starts two replicas; returns when the first leads and the second has read everything. */
  private void startBoth(String... lease) {
    AuditLog.Mark begin = cluster.mark();
    start(FIRST, lease);
    awaitLeader(FIRST);
    start(SECOND, lease);
    await()
        .atMost(SOON)
        .until(
            () ->
                !cluster
                    .controlPlane()
                    .auditLog()
                    .since(begin)
                    .of("migrationcompatibilities")
                    .where(entry -> entry.user().equals(SECOND))
                    // One is the look whether the resources are installed.
                    .where(
                        entry -> entry.verb().equals("list") && !entry.uri().contains("limit=1&"))
                    .isEmpty());
  }

  private void start(String name, String... lease) {
    ControlPlane controlPlane = cluster.controlPlane();
    replicas.put(
        name,
        OperatorProcess.start(
            Map.of("KUBECONFIG", controlPlane.kubeconfig(name).toString(), "HOSTNAME", name),
            controlPlane.directory().resolve(name + ".log"),
            lease));
  }

  private static Resource<Lease> lease() {
    return cluster.client().leases().inNamespace("default").withName("mdev-operator");
  }

  private static void awaitLeader(String name) {
    await()
        .atMost(SOON)
        .until(
            () ->
                Optional.ofNullable(lease().get())
                    .map(lease -> lease.getSpec().getHolderIdentity())
                    .filter(holder -> holder.startsWith(name + "_"))
                    .isPresent());
  }

  /** What a replica has written since, Leases apart. */
  private static List<AuditEntry> writes(String replica, AuditLog.Mark since) {
    return cluster.productWrites(since).stream()
        .filter(entry -> entry.user().equals(replica))
        .toList();
  }

  // ---- the fleet

  private void labelTheFleet() {
    cluster.ask("fleet", wholeFleet());
    fleet
        .nodes()
        .forEach(
            node -> {
              if (node.name().equals("new")) {
                cluster.awaitLabels(node.name(), A1, A2);
              } else {
                cluster.awaitLabels(node.name(), A1);
              }
            });
    cluster.awaitReady("fleet");
  }

  /** The second replica brings the labels to where another driver has them, and it alone. */
  private void followsAChange(AuditLog.Mark since) {
    fleet.node("old").kernel().reload(NEW);
    cluster.awaitLabels("old", A1, A2);
    cluster.awaitReady("fleet");
    assertThat(writes(SECOND, since)).isNotEmpty();
    assertThat(writes(FIRST, since)).isEmpty();
  }

  /** How many questions the drivers of each node have been asked. */
  private Map<String, Integer> questions() {
    return fleet.nodes().stream()
        .collect(toMap(SimulatedNode::name, node -> node.kernel().totalWrites()));
  }
}
