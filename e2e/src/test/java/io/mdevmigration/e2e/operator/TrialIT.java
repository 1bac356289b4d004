package io.mdevmigration.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.simulated.Response;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.e2e.simulated.SimulatedType;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.operator.MdevOperator;
import io.mdevmigration.operator.OperatorOptions;
import io.mdevmigration.operator.trial.TrialPeriods;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One string can never take down a fleet: a class that is new to a driver is tried on one node
 * first. Real API server, operator and daemons; the drivers, and their kernels' panics, are
 * simulated.
 */
class TrialIT {
  private static final String TYPE = "sample-A";
  private static final Duration SOON = Duration.ofSeconds(40);

  /** Long enough that somebody who wrongly asks would have done so. */
  private static final Duration QUIET = Duration.ofSeconds(3);

  private static final MdevClass GOOD = new MdevClass(TYPE, "good");
  private static final MdevClass EVIL = new MdevClass(TYPE, "evil");
  private static final DaemonOptions DAEMON =
      DaemonOptions.DEFAULTS
          .withRescan(Duration.ofMillis(500))
          .withDeadline(Duration.ofMillis(500));
  private static final OperatorOptions OPERATOR =
      new OperatorOptions(
          4, Duration.ofSeconds(2), new TrialPeriods(Duration.ofSeconds(2), Duration.ofSeconds(6)));

  private static ControlPlane controlPlane;
  private static KubernetesClient client;
  private static KubernetesClient operatorClient;
  private Fleet fleet;
  private MdevOperator operator;

  @BeforeAll
  static void startControlPlane() {
    controlPlane = ControlPlane.start();
    client = controlPlane.client("trial-test");
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

  @AfterEach
  void clear() {
    operator.close();
    fleet.nodes().forEach(node -> node.kernel().releaseHangs());
    fleet.close();
    for (String resource : List.of("migrationcompatibilities", "mdevnodestates", "nodes")) {
      controlPlane.kubectl("delete", resource, "--all", "--wait=true").orThrow();
    }
  }

  private void startOperator() {
    operator = new MdevOperator(operatorClient, OPERATOR, InstantSource.system());
    operator.start();
  }

  @Test
  void aStringThatPanicsADriverTakesDownOneNodeOnce() {
    addAll(panicking("1"), "a", "b", "c");
    ask("good", GOOD);
    awaitLabelled(GOOD, "a", "b", "c");

    ask("evil", EVIL);
    await().atMost(SOON).until(() -> written("a", EVIL) == 1);
    fleet.node("a").reboot();
    awaitSuspected("evil", "a");
    fleet.node("a").reboot();
    awaitLabelled(GOOD, "a", "b", "c");
    quiet();
    assertThat(writtenAnywhere(EVIL)).isEqualTo(1);
    assertThat(labelled(EVIL)).isEmpty();
    assertThat(condition("evil", "Evaluated")).contains("retrySuspected", EVIL.digest());
    assertThat(reasons("evil")).containsExactly("Suspected");
    assertThat(status("good").compatible()).isEqualTo(3);
  }

  @Test
  void anAdminLetsItBeTriedOnceMoreAndANewOperatorDoesNotForget() {
    addAll(panicking("1"), "a", "b", "c");
    ask("evil", EVIL);
    await().atMost(SOON).until(() -> written("a", EVIL) == 1);
    fleet.node("a").reboot();
    awaitSuspected("evil", "a");

    operator.close();
    startOperator();
    quiet();
    assertThat(writtenAnywhere(EVIL)).isEqualTo(1);

    retry("evil", EVIL.digest());
    await().atMost(SOON).until(() -> writtenAnywhere(EVIL) == 2);
    SimulatedNode second =
        fleet.nodes().stream()
            .filter(node -> !node.name().equals("a") && written(node.name(), EVIL) > 0)
            .findFirst()
            .orElse(fleet.node("a"));
    second.reboot();
    awaitSuspected("evil", second.name());
    quiet();
    assertThat(writtenAnywhere(EVIL)).isEqualTo(2);
    assertThat(suspicions("evil")).allMatch(Suspicion::wasRetried);
  }

  @Test
  void aDriverThatHangsIsNotAskedOnAnyOtherNodeUntilItHasAnsweredAfterAll() {
    addAll(driver("1", type -> type.accepts("good").hangsOn("evil")), "a", "b", "c");
    ask("evil", EVIL);
    awaitSuspected("evil", "a");
    ask("good", GOOD);
    awaitLabelled(GOOD, "b", "c");
    assertThat(writtenAnywhere(EVIL)).isEqualTo(1);

    fleet
        .nodes()
        .forEach(
            node ->
                node.kernel().changeSilently(driver("1", type -> type.accepts("good", "evil"))));
    fleet.node("a").kernel().releaseHangs();
    awaitLabelled(EVIL, "a", "b", "c");
    await().atMost(SOON).untilAsserted(() -> assertThat(suspicions("evil")).isEmpty());
  }

  @Test
  void aSlowDriverIsNotSuspected() {
    addAll(driver("1", type -> type.acceptsSlowly("evil", Duration.ofMillis(1500))), "a", "b", "c");
    ask("evil", EVIL);
    awaitLabelled(EVIL, "a", "b", "c");
    assertThat(suspicions("evil")).isEmpty();
  }

  @Test
  void aNodeWhoseDaemonIsAwayIsFollowedByTheNextAndAskedWhenItIsBack() {
    addAll(driver("1", type -> type.accepts("good")), "a", "b", "c");
    awaitPublished();
    fleet.node("a").stopDaemon();
    ask("good", GOOD);
    awaitLabelled(GOOD, "b", "c");
    assertThat(written("a", GOOD)).isZero();
    fleet.node("a").startDaemon();
    awaitLabelled(GOOD, "a", "b", "c");
    assertThat(written("a", GOOD)).isEqualTo(1);
  }

  @Test
  void aNodeThatIsDeletedWhileItTriesMakesTheClassSuspected() {
    addAll(driver("1", type -> type.hangsOn("evil")), "a", "b", "c");
    ask("evil", EVIL);
    await().atMost(SOON).until(() -> written("a", EVIL) == 1);
    await()
        .atMost(SOON)
        .until(() -> source("evil").trial() != null && source("evil").trial().hasBegun());
    fleet.node("a").killDaemon();
    fleet.remove("a");
    // No controller-manager runs here that would collect what belonged to the Node.
    client.resources(MdevNodeState.class).withName("a").delete();
    awaitSuspected("evil", "a");
    quiet();
    assertThat(writtenAnywhere(EVIL)).as("by the nodes that are left").isZero();
  }

  @Test
  void aFleetOfOneAnswersAndSurvivesItsOwnPanic() {
    addAll(panicking("1"), "a");
    ask("good", GOOD);
    awaitLabelled(GOOD, "a");
    ask("evil", EVIL);
    await().atMost(SOON).until(() -> written("a", EVIL) == 1);
    fleet.node("a").reboot();
    awaitSuspected("evil", "a");
    awaitLabelled(GOOD, "a");
    fleet.node("a").reboot();
    awaitLabelled(GOOD, "a");
    quiet();
    assertThat(writtenAnywhere(EVIL)).isEqualTo(1);
  }

  @Test
  void aDriverWithoutAVersionIsTriedLikeAnyOther() {
    SimulatedDriver nameless =
        SimulatedDriver.named("sample").parents(1).type(TYPE, type -> type.accepts("good"));
    addAll(nameless, "a", "b");
    ask("good", GOOD);
    awaitLabelled(GOOD, "a", "b");
  }

  @Test
  void aNewDriverTriesOnOneNodeWhatItsPredecessorWasAsked() {
    addAll(driver("1", type -> type.accepts("good", "evil")), "a", "b", "c");
    ask("evil", EVIL);
    ask("good", GOOD);
    awaitLabelled(EVIL, "a", "b", "c");
    int asked = writtenAnywhere(EVIL);

    fleet.node("a").reboot(panicking("2"));
    await().atMost(SOON).until(() -> writtenAnywhere(EVIL) == asked + 1);
    fleet.node("a").reboot();
    awaitSuspected("evil", "a");
    fleet.node("b").reboot(panicking("2"));
    awaitLabelled(EVIL, "c");
    quiet();
    // What a node was about to ask besides, when it went down, may be suspected as well.
    assertThat(labelled(GOOD)).contains("c");
    assertThat(writtenAnywhere(EVIL)).isEqualTo(asked + 1);
  }

  // ---- the fleet

  private static SimulatedDriver driver(String version, UnaryOperator<SimulatedType> type) {
    return SimulatedDriver.named("sample").version(version).parents(1).type(TYPE, type);
  }

  private static SimulatedDriver panicking(String version) {
    return driver(version, type -> type.accepts("good").answers("evil", new Response.Panic()));
  }

  private void addAll(SimulatedDriver driver, String... names) {
    for (String name : names) {
      fleet.add(name, SimulatedKernel.with(driver));
    }
  }

  private int written(String node, MdevClass mdevClass) {
    return fleet
        .node(node)
        .kernel()
        .writes(SimulatedDriver.parentName(0), TYPE, mdevClass.version());
  }

  private int writtenAnywhere(MdevClass mdevClass) {
    return fleet.nodes().stream().mapToInt(node -> written(node.name(), mdevClass)).sum();
  }

  // ---- what is stored

  private void ask(String name, MdevClass mdevClass) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName(name).build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            TYPE, new Source(null, null, mdevClass.version()), null, true, List.of()));
    client.resource(object).create();
  }

  private static void retry(String name, String digest) {
    client
        .resources(MigrationCompatibility.class)
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"spec":{"retrySuspected":["%s"]}}"""
                .formatted(digest));
  }

  private static MigrationCompatibilityStatus status(String name) {
    return client.resources(MigrationCompatibility.class).withName(name).get().getStatus();
  }

  private static SourceStatus source(String name) {
    return status(name).sources().get(0);
  }

  private static List<Suspicion> suspicions(String name) {
    return source(name).suspected();
  }

  private static String condition(String name, String type) {
    return status(name).conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(condition -> condition.getReason() + ": " + condition.getMessage())
        .findFirst()
        .orElse("none");
  }

  private static Set<String> reasons(String name) {
    return status(name).verdicts().stream().map(v -> v.reason()).collect(Collectors.toSet());
  }

  private static Set<String> labelled(MdevClass mdevClass) {
    return client.nodes().withLabel(mdevClass.labelKey(), "true").list().getItems().stream()
        .map(node -> node.getMetadata().getName())
        .collect(Collectors.toSet());
  }

  private static void awaitLabelled(MdevClass mdevClass, String... nodes) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(labelled(mdevClass)).containsExactlyInAnyOrder(nodes));
  }

  private static void awaitSuspected(String name, String node) {
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(suspicions(name)).extracting(Suspicion::node).containsExactly(node));
  }

  private void awaitPublished() {
    await()
        .atMost(SOON)
        .until(
            () ->
                fleet.nodes().stream()
                    .allMatch(
                        node ->
                            node.state()
                                .filter(s -> s.getStatus() != null)
                                .filter(s -> s.getStatus().inventory() != null)
                                .isPresent()));
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
