package io.mdevmigration.e2e.operator;

import static io.mdevmigration.e2e.operator.OperatorCluster.SOON;
import static io.mdevmigration.e2e.operator.OperatorCluster.TYPE;
import static io.mdevmigration.e2e.operator.OperatorCluster.quiet;
import static io.mdevmigration.e2e.operator.OperatorCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.e2e.controlplane.Options;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One string can never take down a fleet: a class that is new to a driver is tried on one node
 * first. Real API server, operator and daemons; the drivers, and their kernels' panics, are
 * simulated.
 */
class TrialIT {
  private static final MdevClass GOOD = new MdevClass(TYPE, "good");
  private static final MdevClass EVIL = new MdevClass(TYPE, "evil");
  private static final DaemonOptions DAEMON =
      DaemonOptions.DEFAULTS
          .withRescan(Duration.ofMillis(500))
          .withDeadline(Duration.ofMillis(500));
  private static final OperatorOptions OPERATOR =
      new OperatorOptions(
          4, Duration.ofSeconds(2), new TrialPeriods(Duration.ofSeconds(5), Duration.ofSeconds(8)));

  @RegisterExtension
  private static final OperatorCluster cluster = new OperatorCluster(new Options());

  private Fleet fleet;
  private MdevOperator operator;

  @BeforeEach
  void start() {
    fleet = cluster.startFleet(DAEMON);
    startOperator();
  }

  @AfterEach
  void clear() {
    operator.close();
    fleet.nodes().forEach(node -> node.kernel().releaseHangs());
  }

  private void startOperator() {
    startOperator(OPERATOR);
  }

  private void startOperator(OperatorOptions options) {
    operator = new MdevOperator(cluster.operatorClient(), options, InstantSource.system());
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
    // A boot that ends in the middle of its first questions makes those suspected there, too.
    awaitLabelled(GOOD, "a", "b", "c");
    fleet.node("a").reboot();
    awaitLabelled(GOOD, "a", "b", "c");
    quiet();
    assertThat(writtenAnywhere(EVIL)).isEqualTo(1);
    assertThat(labelled(EVIL)).isEmpty();
    assertThat(condition("evil", "Evaluated")).contains("retrySuspected", EVIL.digest());
    // The nodes answer anew after a boot.
    soon(
        () -> {
          assertThat(reasons("evil")).containsExactly("Suspected");
          assertThat(cluster.status("good").compatible()).isEqualTo(3);
        });
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
    cluster.awaitPublished();
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
    cluster.client().resources(MdevNodeState.class).withName("a").delete();
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

  @Test
  void whatOneNodeTriesTheOthersAreAskedAboutTogether() {
    operator.close();
    SimulatedDriver publishing = SimulatedDriver.named("sample").version("2").parents(6);
    for (String parent : publishing.parents()) {
      publishing = publishing.on(parent, TYPE, type -> type.version("of " + parent));
    }
    addAll(publishing, "publisher");
    addAll(driver("1", type -> type.answersOthers(new Response.Accept())), "a", "b", "c");
    cluster.awaitPublished();
    cluster.ask("all", new Source(null, new LabelSelector(), null));
    // With more time for others to be tried than any of this takes.
    TrialPeriods patient =
        new TrialPeriods(
            Duration.ofSeconds(10),
            Duration.ofMinutes(2),
            Duration.ofMinutes(2),
            Duration.ofMinutes(2));
    startOperator(new OperatorOptions(4, Duration.ofSeconds(2), patient));

    assertThat(cluster.awaitReady("all").sources()).hasSize(7);
    assertThat(cluster.status("all").compatible()).isEqualTo(3);
    // One; and one more where a node was looked at in the moment in which a trial ended.
    assertThat(patches("b")).isBetween(1L, 2L);
    assertThat(patches("c")).isBetween(1L, 2L);
  }

  /** How often a node's checks have been written: the first write of an object counts as one. */
  private long patches(String node) {
    return fleet.node(node).state().orElseThrow().getMetadata().getGeneration() - 1;
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

  private static void ask(String name, MdevClass mdevClass) {
    cluster.ask(name, new Source(null, null, mdevClass.version()));
  }

  private static void retry(String name, String digest) {
    cluster
        .client()
        .resources(MigrationCompatibility.class)
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"spec":{"retrySuspected":["%s"]}}"""
                .formatted(digest));
  }

  private static SourceStatus source(String name) {
    return cluster.status(name).sources().get(0);
  }

  private static List<Suspicion> suspicions(String name) {
    return source(name).suspected();
  }

  private static String condition(String name, String type) {
    return cluster.status(name).conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .map(condition -> condition.getReason() + ": " + condition.getMessage())
        .findFirst()
        .orElse("none");
  }

  private static Set<String> reasons(String name) {
    return cluster.status(name).verdicts().stream()
        .map(v -> v.reason())
        .collect(Collectors.toSet());
  }

  private static Set<String> labelled(MdevClass mdevClass) {
    return cluster
        .client()
        .nodes()
        .withLabel(mdevClass.labelKey(), "true")
        .list()
        .getItems()
        .stream()
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
}
