package io.mdevmigration.e2e.operator;

import static io.mdevmigration.e2e.operator.OperatorCluster.A1;
import static io.mdevmigration.e2e.operator.OperatorCluster.A2;
import static io.mdevmigration.e2e.operator.OperatorCluster.SOON;
import static io.mdevmigration.e2e.operator.OperatorCluster.driver;
import static io.mdevmigration.e2e.operator.OperatorCluster.keys;
import static io.mdevmigration.e2e.operator.OperatorCluster.quiet;
import static io.mdevmigration.e2e.operator.OperatorCluster.soon;
import static io.mdevmigration.e2e.operator.OperatorCluster.wholeFleet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What ends or gets lost around the operator comes back without a label that moves for it: daemons,
 * API server, etcd, our objects and their CRDs. Two replicas of the operator as it is shipped, each
 * started again when it ends by itself.
 */
@Timeout(240)
class RecoveryIT {
  private static final SimulatedDriver OLD = driver("1.0", "A-v1", "A-v1");
  private static final SimulatedDriver NEW = driver("2.0", "A-v2", "A-v1", "A-v2");

  /** A driver that publishes A1 and accepts nothing. */
  private static final SimulatedDriver REFUSING = driver("3.0", "A-v1");

  private static final Duration RELIST = Duration.ofSeconds(4);

  @RegisterExtension
  private static final OperatorCluster cluster = new OperatorCluster(new Options());

  private Fleet fleet;
  private Replicas replicas;

  /**
   * What is stored of everything, but for times and versions.
   *
   * @param labels own labels by node
   * @param checks what each node is asked
   * @param answers what it has answered
   * @param counts the numbers and verdicts of each MigrationCompatibility
   */
  private record Picture(
      Map<String, Set<String>> labels,
      Map<String, List<Check>> checks,
      Map<String, List<String>> answers,
      Map<String, List<Object>> counts) {}

  @BeforeEach
  void start() {
    fleet =
        cluster.startFleet(
            DaemonOptions.DEFAULTS.withRescan(Duration.ofMillis(500)).withRelist(RELIST));
    fleet.add("old", SimulatedKernel.with(OLD));
    fleet.add("old-too", SimulatedKernel.with(OLD));
    fleet.add("new", SimulatedKernel.with(NEW));
    cluster.awaitPublished();
    replicas = Replicas.start(cluster.controlPlane(), "--relist=" + RELIST.toSeconds() + "s");
    ask();
    awaitLabels();
    cluster.awaitReady("fleet");
    quiet();
  }

  @AfterEach
  void end() {
    replicas.close();
  }

  private static void ask() {
    cluster.ask("fleet", wholeFleet());
  }

  private static void awaitLabels() {
    cluster.awaitLabels("old", A1);
    cluster.awaitLabels("old-too", A1);
    cluster.awaitLabels("new", A1, A2);
  }

  @Test
  void daemonsThatAllEndAtOnceWriteAndAskNothingWhenTheyAreBack() {
    unmoved(
        () -> {
          fleet.restartDaemons();
          quiet();
          fleet.nodes().forEach(SimulatedNode::killDaemon);
          fleet.startDaemons();
        });
    followsAChange();
  }

  @Test
  void anApiServerThatIsKilledAndComesBackMovesNothing() {
    unmoved(cluster.controlPlane()::restartApiServer);
    followsAChange();
  }

  @Test
  void anEtcdThatIsKilledAndComesBackMovesNothing() {
    unmoved(cluster.controlPlane()::restartEtcd);
    followsAChange();
  }

  @Test
  void deletedNodeStatesComeBackWithoutAQuestionAndNoLabelMoves() {
    Picture before = picture();
    int questions = cluster.totalQuestions();
    AuditLog.Mark mark = cluster.mark();

    cluster.controlPlane().kubectl("delete", "mdevnodestates", "--all").orThrow();
    soon(() -> assertThat(picture()).isEqualTo(before));
    quiet();
    assertThat(picture()).isEqualTo(before);
    assertThat(nodeWrites(mark)).isEmpty();
    // The checks have to be put again. The daemons remember what their drivers said.
    assertThat(cluster.totalQuestions()).isEqualTo(questions);
    followsAChange();
  }

  @Test
  void nodeStatesThatAreDeletedWhileTheDaemonsAreAwayCostEachQuestionOnceMore() {
    Picture before = picture();
    Map<String, Integer> questions = questions();
    AuditLog.Mark mark = cluster.mark();

    fleet.stopDaemons();
    cluster.controlPlane().kubectl("delete", "mdevnodestates", "--all").orThrow();
    quiet();
    fleet.startDaemons();
    soon(() -> assertThat(picture()).isEqualTo(before));
    quiet();
    assertThat(picture()).isEqualTo(before);
    assertThat(nodeWrites(mark)).isEmpty();
    // Nobody knows the answers any more: each parent is asked each class a second time, not more.
    questions.replaceAll((node, count) -> 2 * count);
    assertThat(questions()).isEqualTo(questions);
  }

  @Test
  void crdsThatAreReplacedByForceMoveNoLabel() {
    Picture before = picture();
    int questions = cluster.totalQuestions();
    AuditLog.Mark mark = cluster.mark();

    cluster
        .controlPlane()
        .kubectl("replace", "--force", "-f", CustomResources.folder() + "/")
        .orThrow();
    CustomResources.install(cluster.controlPlane());
    // All states are back, and nobody asks for anything: the labels wait for whoever applies it.
    soon(() -> assertThat(states()).hasSize(3));
    quiet();
    ask();
    soon(() -> assertThat(picture()).isEqualTo(before));
    quiet();
    assertThat(picture()).isEqualTo(before);
    assertThat(nodeWrites(mark)).isEmpty();
    assertThat(cluster.totalQuestions()).isEqualTo(questions);
    followsAChange();
  }

  @Test
  void anEtcdRestoredToBeforeADriverChangedIsFollowedByTheLabelsOfToday(@TempDir Path folder) {
    Path backup = folder.resolve("etcd");
    cluster.controlPlane().saveEtcd(backup);
    fleet.node("old").kernel().reload(NEW);
    cluster.awaitLabels("old", A1, A2);
    cluster.awaitReady("fleet");
    quiet();
    Picture before = picture();
    int questions = cluster.totalQuestions();

    cluster.controlPlane().restoreEtcd(backup);
    soon(() -> assertThat(picture()).isEqualTo(before));
    quiet();
    assertThat(picture()).isEqualTo(before);
    assertThat(cluster.totalQuestions()).as("the daemons remember").isEqualTo(questions);
  }

  @Test
  void aLabelThatARestoredEtcdBringsBackGoesWhereTheDriverRefusesByNow(@TempDir Path folder) {
    Path backup = folder.resolve("etcd");
    cluster.controlPlane().saveEtcd(backup);
    fleet.node("old").kernel().reload(REFUSING);
    cluster.awaitLabels("old");
    cluster.awaitReady("fleet");
    quiet();
    Picture before = picture();
    int questions = cluster.totalQuestions();

    AuditLog.Mark mark = cluster.mark();
    cluster.controlPlane().restoreEtcd(backup);
    soon(() -> assertThat(picture()).isEqualTo(before));
    assertThat(nodeWrites(mark))
        .as("the restored label goes, and nobody adds it on the restored answer")
        .hasSize(1);
    quiet();
    assertThat(picture()).isEqualTo(before);
    assertThat(cluster.totalQuestions()).as("the daemons remember").isEqualTo(questions);
  }

  // ---- what is stored

  /** Something happens to the cluster that changes no object, and asks no question. */
  private void unmoved(Runnable event) {
    Map<String, String> versions = versions();
    int questions = cluster.totalQuestions();
    AuditLog.Mark before = cluster.mark();
    event.run();
    // Long enough for everybody to be connected again and to have listed everything.
    awaitFreshLists();
    quiet();
    assertThat(cluster.productWrites(before)).isEmpty();
    assertThat(versions()).isEqualTo(versions);
    assertThat(cluster.totalQuestions()).isEqualTo(questions);
  }

  /** Waits until both replicas and every daemon have read afresh. */
  private void awaitFreshLists() {
    AuditLog.Mark begin = cluster.mark();
    await()
        .atMost(SOON)
        .until(
            () -> {
              var reads =
                  cluster
                      .controlPlane()
                      .auditLog()
                      .since(begin)
                      .of("mdevnodestates")
                      .where(entry -> entry.code() == 200);
              return reads.byUserAgent("mdev-operator").where(e -> e.verb().equals("list")).size()
                      >= 4
                  && fleet.nodes().stream()
                      .allMatch(
                          node ->
                              reads.byUserAgent("mdev-node").list().stream()
                                  .anyMatch(e -> e.name().equals(node.name())));
            });
  }

  private void followsAChange() {
    fleet.node("old").kernel().reload(NEW);
    fleet.node("new").kernel().reload(OLD);
    cluster.awaitLabels("old", A1, A2);
    cluster.awaitLabels("new", A1);
    assertThat(cluster.ownLabels("old-too")).isEqualTo(keys(A1));
  }

  /** The version of every object of ours and of every Node. */
  private static Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    Stream.of(Node.class, MdevNodeState.class, MigrationCompatibility.class)
        .flatMap(kind -> cluster.client().resources(kind).list().getItems().stream())
        .map(HasMetadata.class::cast)
        .forEach(
            object ->
                versions.put(
                    object.getKind() + " " + object.getMetadata().getName(),
                    object.getMetadata().getResourceVersion()));
    return versions;
  }

  private static List<MdevNodeState> states() {
    return cluster.client().resources(MdevNodeState.class).list().getItems();
  }

  private Picture picture() {
    Map<String, Set<String>> labels = new TreeMap<>();
    fleet.nodes().forEach(node -> labels.put(node.name(), cluster.ownLabels(node.name())));
    Map<String, List<Check>> checks = new TreeMap<>();
    Map<String, List<String>> answers = new TreeMap<>();
    for (MdevNodeState state : states()) {
      String name = state.getMetadata().getName();
      checks.put(name, state.getSpec() == null ? List.of() : state.getSpec().checks());
      answers.put(
          name,
          state.getStatus() == null
              ? List.of()
              : state.getStatus().answers().stream()
                  .map(RecoveryIT::withoutTime)
                  .sorted()
                  .toList());
    }
    Map<String, List<Object>> counts = new TreeMap<>();
    for (var object : cluster.client().resources(MigrationCompatibility.class).list().getItems()) {
      var status = object.getStatus();
      counts.put(
          object.getMetadata().getName(),
          status == null ? List.of() : List.of(status.sources(), status.verdicts()));
    }
    return new Picture(labels, checks, answers, counts);
  }

  private static String withoutTime(Answer answer) {
    return "%s %s %s %s %s"
        .formatted(
            answer.digest(),
            answer.verdict(),
            answer.reason(),
            answer.parents(),
            answer.refusedBy());
  }

  /** How many questions the drivers of each node have been asked. */
  private Map<String, Integer> questions() {
    Map<String, Integer> questions = new TreeMap<>();
    fleet.nodes().forEach(node -> questions.put(node.name(), node.kernel().totalWrites()));
    return questions;
  }

  /** Every request since that was to change a Node. */
  private static List<String> nodeWrites(AuditLog.Mark since) {
    return cluster.controlPlane().auditLog().since(since).writes().of("nodes").list().stream()
        .map(Object::toString)
        .toList();
  }
}
