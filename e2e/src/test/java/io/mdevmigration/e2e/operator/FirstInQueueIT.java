package io.mdevmigration.e2e.operator;

import static io.mdevmigration.e2e.operator.OperatorCluster.A1;
import static io.mdevmigration.e2e.operator.OperatorCluster.A2;
import static io.mdevmigration.e2e.operator.OperatorCluster.driver;
import static io.mdevmigration.e2e.operator.OperatorCluster.quiet;
import static io.mdevmigration.e2e.operator.OperatorCluster.soon;
import static io.mdevmigration.e2e.operator.OperatorCluster.wholeFleet;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.operator.MdevOperator;
import io.mdevmigration.operator.OperatorOptions;
import io.mdevmigration.operator.trial.TrialPeriods;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Which node an operator with much to do writes first. Its only worker is held in a write to one
 * node until many others wait, and the one that is looked for came last.
 */
class FirstInQueueIT {
  private static final List<String> CROWD =
      IntStream.range(0, 20).mapToObj("gpu-%02d"::formatted).toList();

  /** A trial stays where it is for longer than the gate is closed. */
  private static final TrialPeriods PATIENT =
      new TrialPeriods(Duration.ofMinutes(2), Duration.ofMinutes(2));

  @RegisterExtension
  private static final OperatorCluster cluster = new OperatorCluster(new Options());

  private final Gate gate = new Gate();
  private KubernetesClient client;
  private MdevOperator operator;
  private Fleet fleet;

  @BeforeEach
  void start() {
    fleet = cluster.startFleet(DaemonOptions.DEFAULTS);
    client =
        new KubernetesClientBuilder()
            .withConfig(cluster.controlPlane().config(OperatorProcess.USER_AGENT + "/test"))
            .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("gate", gate))
            .build();
    operator =
        new MdevOperator(
            client,
            new OperatorOptions(1, Duration.ofMinutes(10), PATIENT),
            InstantSource.system());
    operator.start();
    CROWD.forEach(node -> fleet.add(node, SimulatedKernel.with(driver("1.0", "A-v1", "A-v1"))));
    cluster.ask("fleet", wholeFleet());
    CROWD.forEach(node -> cluster.awaitLabels(node, A1));
  }

  @AfterEach
  void stop() {
    gate.open();
    operator.close();
    client.close();
  }

  @Test
  void aLabelThatHasToGoGoesBeforeThoseThatMayCome() {
    fleet.add("refuses", SimulatedKernel.with(driver("1.0", "A-v1", "A-v1")));
    cluster.awaitLabels("refuses", A1);
    AuditLog.Mark before = cluster.mark();
    crowd();
    fleet.node("refuses").kernel().reload(driver("1.0", "A-v1"));
    soon(
        () ->
            assertThat(answers("refuses"))
                .isNotEmpty()
                .allMatch(answer -> answer.verdict() == Verdict.INCOMPATIBLE));
    quiet();
    gate.open();
    cluster.awaitLabels("refuses");
    CROWD.forEach(node -> cluster.awaitLabels(node, A1));
    assertThat(writes(before)).hasSizeGreaterThan(CROWD.size()).startsWith(held(), "refuses");
  }

  @Test
  void theNodeThatTriesAClassIsAskedBeforeThoseThatWait() {
    AuditLog.Mark before = cluster.mark();
    crowd();
    cluster.ask("literal", new Source(null, null, A2.version()));
    soon(
        () ->
            assertThat(cluster.status("literal").sources())
                .anyMatch(source -> source.trial() != null));
    String trier = cluster.status("literal").sources().get(0).trial().node();
    assertThat(trier).as("the one that came last").isEqualTo(CROWD.get(0));
    quiet();
    gate.open();
    CROWD.forEach(node -> cluster.awaitLabels(node, A1));
    // Its label and its check.
    assertThat(writes(before)).startsWith(held(), trier, trier);
  }

  /** Has the worker held with one node, and then all others wait, the first of them last. */
  private void crowd() {
    List<String> lastFirst = CROWD.stream().sorted(Collections.reverseOrder()).toList();
    gate.close();
    for (String node : lastFirst) {
      cluster.controlPlane().kubectl("label", "node", node, A1.labelKey() + "-").orThrow();
      if (node.equals(held())) {
        gate.awaitHeld();
      }
    }
    quiet();
  }

  private static String held() {
    return CROWD.get(CROWD.size() - 1);
  }

  private List<Answer> answers(String node) {
    return fleet.node(node).state().orElseThrow().getStatus().answers();
  }

  /** The names of the nodes that the operator has written to, in its order. */
  private List<String> writes(AuditLog.Mark since) {
    return cluster.controlPlane().auditLog().since(since).writes().list().stream()
        .filter(entry -> entry.isBy(OperatorProcess.USER_AGENT))
        .filter(entry -> List.of("nodes", "mdevnodestates").contains(entry.resource()))
        .map(entry -> entry.name())
        .toList();
  }

  /** Holds the requests that write to a node while it is closed. */
  private static final class Gate implements Interceptor {
    private final Semaphore open = new Semaphore(1);
    private volatile boolean holds;

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      String path = request.uri().getPath();
      if (request.method().equals("PATCH")
          && (path.contains("/nodes/") || path.contains("/mdevnodestates/"))) {
        holds = open.availablePermits() == 0;
        open.acquireUninterruptibly();
        open.release();
      }
    }

    void close() {
      holds = false;
      open.acquireUninterruptibly();
    }

    /** Returns when some request is held. */
    void awaitHeld() {
      soon(() -> assertThat(holds).isTrue());
    }

    /** Lets all through; nothing if it is open. */
    void open() {
      if (open.availablePermits() == 0) {
        open.release();
      }
    }
  }
}
