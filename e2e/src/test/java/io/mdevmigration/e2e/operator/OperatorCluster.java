package io.mdevmigration.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Source;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.node.publish.DaemonOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A control plane with this project's resources that the tests of one class have to themselves, one
 * after the other, with simulated nodes: what a test leaves behind is deleted after it.
 */
final class OperatorCluster implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  /** The type that every node here offers. */
  static final String TYPE = "sample-A";

  static final MdevClass A1 = new MdevClass(TYPE, "A-v1");
  static final MdevClass A2 = new MdevClass(TYPE, "A-v2");

  /** How long something may take that is to happen. */
  static final Duration SOON = Duration.ofSeconds(60);

  /** Long enough that somebody who wrongly writes or asks would have done so. */
  static final Duration QUIET = Duration.ofSeconds(3);

  private final Options options;
  private ControlPlane controlPlane;
  private KubernetesClient client;
  private KubernetesClient operatorClient;
  private Optional<Fleet> fleet = Optional.empty();

  /** Started before the first test of a class. */
  OperatorCluster(Options options) {
    this.options = options;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    controlPlane = TestCluster.start(options);
    client = controlPlane.client("operator-test");
    operatorClient = controlPlane.client(OperatorProcess.USER_AGENT + "/test");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    fleet.ifPresent(Fleet::close);
    fleet = Optional.empty();
    for (String resource : List.of("migrationcompatibilities", "mdevnodestates", "nodes")) {
      controlPlane.kubectl("delete", resource, "--all", "--wait=true").orThrow();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    operatorClient.close();
    client.close();
    controlPlane.close();
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  /** The test's own client. */
  KubernetesClient client() {
    return client;
  }

  /** The client of an operator within the test's JVM. */
  KubernetesClient operatorClient() {
    return operatorClient;
  }

  /** A test's fleet, without nodes; closed after the test. */
  Fleet startFleet(DaemonOptions daemons) {
    Fleet started = Fleet.of(client, controlPlane.config("mdev-node/test"), daemons);
    fleet = Optional.of(started);
    return started;
  }

  // ---- the nodes' drivers

  /** A driver with two parents that publishes one version of the type and accepts some. */
  static SimulatedDriver driver(String version, String own, String... accepted) {
    return SimulatedDriver.named("sample")
        .version(version)
        .parents(2)
        .type(TYPE, type -> type.version(own).accepts(accepted));
  }

  // ---- what is asked

  static Source wholeFleet() {
    return new Source(null, new LabelSelector(), null);
  }

  /** Asks every node about a source, for labels. */
  void ask(String name, Source source) {
    ask(name, new MigrationCompatibilitySpec(TYPE, source, null, true, List.of()));
  }

  void ask(String name, MigrationCompatibilitySpec spec) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName(name).build());
    object.setSpec(spec);
    client.resource(object).create();
  }

  /** What the operator has written about it; an AssertionError, which waits outlast, before. */
  MigrationCompatibilityStatus status(String name) {
    MigrationCompatibilityStatus status =
        client.resources(MigrationCompatibility.class).withName(name).get().getStatus();
    assertThat(status).as("the status of %s", name).isNotNull();
    return status;
  }

  MigrationCompatibilityStatus awaitReady(String name) {
    controlPlane
        .kubectl("wait", "--for=condition=Ready", "--timeout=60s", "mcompat/" + name)
        .orThrow();
    return status(name);
  }

  // ---- what came of it

  Set<String> ownLabels(String node) {
    return client.nodes().withName(node).get().getMetadata().getLabels().keySet().stream()
        .filter(MdevClass::isOwnLabel)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static Set<String> keys(MdevClass... classes) {
    return Stream.of(classes)
        .map(MdevClass::labelKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Waits until a node has these labels of ours and no others. */
  void awaitLabels(String node, MdevClass... classes) {
    soon(() -> assertThat(ownLabels(node)).as(node).isEqualTo(keys(classes)));
  }

  /** Waits until every node has published its inventory. */
  void awaitPublished() {
    soon(
        () ->
            assertThat(fleet.orElseThrow().nodes())
                .allMatch(
                    node ->
                        node.state()
                            .map(state -> state.getStatus())
                            .filter(status -> status.inventory() != null)
                            .isPresent()));
  }

  /** How many questions the drivers have been asked in all. */
  int totalQuestions() {
    return fleet.orElseThrow().nodes().stream().mapToInt(node -> node.kernel().totalWrites()).sum();
  }

  AuditLog.Mark mark() {
    return controlPlane.auditLog().mark();
  }

  /** What operators and daemons have written since, Leases apart. */
  List<AuditEntry> productWrites(AuditLog.Mark since) {
    return controlPlane
        .auditLog()
        .since(since)
        .writes()
        .withoutLeases()
        .where(entry -> entry.isBy(OperatorProcess.USER_AGENT) || entry.isBy("mdev-node"))
        .list();
  }

  static void soon(ThrowingRunnable assertion) {
    await().atMost(SOON).ignoreExceptions().untilAsserted(assertion);
  }

  static void quiet() {
    pause(QUIET);
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
