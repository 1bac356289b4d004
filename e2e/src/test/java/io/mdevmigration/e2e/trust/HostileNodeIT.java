package io.mdevmigration.e2e.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Source;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.simulated.Question;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.operator.MdevOperator;
import io.mdevmigration.operator.OperatorOptions;
import io.mdevmigration.operator.trial.TrialPeriods;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One node of fifty lies, as far as the API server lets it: the other 49 keep their labels, their
 * kernels are asked no more than the limits allow, and an admin sees who it is. Real API server,
 * operator and daemons over simulated drivers.
 */
class HostileNodeIT {
  private static final String TYPE = "sample-A";
  private static final String LIAR = "liar";
  private static final int HONEST = 49;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration QUIET = Duration.ofSeconds(3);
  private static final MdevClass GOOD = new MdevClass(TYPE, "good");
  private static final MdevClass BETTER = new MdevClass(TYPE, "better");
  private static final DaemonOptions DAEMON =
      DaemonOptions.DEFAULTS.withRescan(Duration.ofSeconds(5));
  private static final SimulatedDriver DRIVER = driver("good");

  private static ControlPlane controlPlane;
  private static KubernetesClient client;
  private Fleet fleet;
  private MdevOperator operator;
  private LyingDaemon liar;
  private String liarUid;

  @BeforeAll
  static void startControlPlane() {
    controlPlane = ControlPlane.start();
    client = controlPlane.client("hostile-node-test");
    CustomResources.install(controlPlane);
  }

  @AfterAll
  static void stopControlPlane() {
    client.close();
    controlPlane.close();
  }

  @BeforeEach
  void fiftyNodesOfWhichOneIsAboutToLie() {
    fleet = Fleet.of(client, controlPlane.config("mdev-node/test"), DAEMON);
    operator =
        new MdevOperator(
            client,
            new OperatorOptions(
                8,
                Duration.ofMinutes(10),
                new TrialPeriods(Duration.ofSeconds(1), Duration.ofSeconds(30))),
            InstantSource.system());
    operator.start();
    IntStream.rangeClosed(1, HONEST)
        .mapToObj("n%02d"::formatted)
        .forEach(name -> fleet.add(name, SimulatedKernel.with(DRIVER)));
    ask("fleet");
    awaitEverybodyAccepts(GOOD);
    fleet.addWithoutDaemon(LIAR, SimulatedKernel.with(DRIVER), Map.of());
    liarUid = fleet.node(LIAR).node().orElseThrow().getMetadata().getUid();
    liar = new LyingDaemon(client, LIAR, TYPE, driverOf("n01"));
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
  void newVersionsEverySecondAreAskedOfNobodyBeyondTheShareOfOneNode() throws Exception {
    liar.create(liarUid);
    int rounds = 25;
    for (int round = 0; round < rounds; round++) {
      liar.publish(versions("round-" + round, Api.PUBLISHED_VERSIONS_MAX));
      if (round == rounds / 2) {
        // An honest upgrade in the midst of it: there has to be room for it.
        honest().forEach(node -> node.kernel().reload(driver("better")));
      }
      Thread.sleep(1000);
    }
    awaitEverybodyAccepts(BETTER);
    Thread.sleep(QUIET.toMillis());
    for (SimulatedNode node : honest()) {
      Set<String> strings =
          node.kernel().writes().keySet().stream()
              .map(Question::string)
              .collect(Collectors.toSet());
      strings.removeAll(Set.of("good", "better"));
      assertThat(strings)
          .as("what the liar has had %s asked", node.name())
          .hasSizeLessThanOrEqualTo(Api.CLASSES_OF_ONE_NODE_MAX);
      // Each by the driver before the upgrade and by the one after it.
      assertThat(node.kernel().totalWrites()).isLessThanOrEqualTo(2 * (strings.size() + 2));
      assertThat(node.state().orElseThrow().getSpec().checks())
          .hasSizeLessThanOrEqualTo(Api.CLASSES_OF_ONE_NODE_MAX + 2);
    }
    assertThat(condition("fleet", "SourceResolved"))
        .contains("TooManyClasses", "look at what is wrong on " + LIAR);
    assertThat(condition("fleet", "Ready")).as("shown in kubectl get").contains("TooManyClasses");
  }

  @Test
  void hugeStringsTakeNoMoreThanHalfTheRoomThatEveryNodeHas() throws Exception {
    liar.create(liarUid);
    liar.publish(
        IntStream.range(0, Api.PUBLISHED_VERSIONS_MAX)
            .mapToObj(i -> new MdevClass(TYPE, i + "x".repeat(4000)))
            .toList());
    await().atMost(SOON).until(() -> condition("fleet", "Ready").contains("TooManyClasses"));
    honest().forEach(node -> node.kernel().reload(driver("better")));
    awaitEverybodyAccepts(BETTER);
    Thread.sleep(QUIET.toMillis());
    for (SimulatedNode node : honest()) {
      int bytes =
          node.state().orElseThrow().getSpec().checks().stream()
              .mapToInt(check -> check.version().length())
              .sum();
      assertThat(bytes).isLessThanOrEqualTo(Api.CHECK_BYTES_MAX / 2 + 100);
    }
  }

  @Test
  void whatTheSchemaForbidsIsNotStoredAtAll() {
    liar.create(liarUid);
    liar.publish(List.of(GOOD));
    MdevNodeStateStatus before = status(LIAR);
    refused(versions("many", 3000).stream().map(PublishedVersion::of).toList(), List.of());
    refused(List.of(published("x".repeat(5000))), List.of());
    for (String control : List.of("a\nb", "a\u001b[31mb", "a\u0000b", "a\u202eb", "a\tb")) {
      refused(List.of(published(control)), List.of());
    }
    refused(List.of(new PublishedVersion("../../../../etc/", TYPE, "v")), List.of());
    refused(
        List.of(PublishedVersion.of(GOOD)),
        IntStream.range(0, 5000).mapToObj(i -> LyingDaemon.accepts(TYPE, digest(i))).toList());
    for (String text : List.of("E\nINVAL", "E\u001b[2J", "E\u0007")) {
      refused(
          List.of(PublishedVersion.of(GOOD)), List.of(LyingDaemon.refuses(TYPE, digest(0), text)));
    }
    assertThat(status(LIAR)).isEqualTo(before);
    assertNobodyElseIsConcerned();
  }

  @Test
  void digestsThatBelongToOthersAreNobodysSources() throws Exception {
    liar.create(liarUid);
    MdevClass evil = new MdevClass(TYPE, "evil");
    liar.publish(
        List.of(
            // The digest of what the others publish, with another string.
            new PublishedVersion(GOOD.digest(), TYPE, "evil"),
            // Another class's digest.
            new PublishedVersion(new MdevClass("other-B", "evil").digest(), TYPE, "evil"),
            // A digest of nothing, and two strings with one digest.
            new PublishedVersion("00000000000000000000", TYPE, "evil"),
            new PublishedVersion("11111111111111111111", TYPE, "evil one"),
            new PublishedVersion("11111111111111111111", TYPE, "evil two")),
        List.of(),
        "boot",
        Instant.now());
    Thread.sleep(QUIET.toMillis());
    assertThat(sources("fleet")).containsExactly(GOOD.digest());
    assertThat(labelled(evil)).isEmpty();
    assertNobodyElseIsConcerned();
  }

  @Test
  void answersToWhatNobodyAskedLabelNobodyButTheLiarItself() throws Exception {
    liar.create(liarUid);
    List<Answer> everything = new ArrayList<>();
    everything.add(LyingDaemon.accepts(TYPE, GOOD.digest()));
    IntStream.range(0, 100).forEach(i -> everything.add(LyingDaemon.accepts(TYPE, digest(i))));
    everything.add(LyingDaemon.accepts("other-B", BETTER.digest()));
    liar.publish(List.of(PublishedVersion.of(GOOD)), everything, "boot", Instant.now());
    Thread.sleep(QUIET.toMillis());
    // It may claim to accept what the fleet asks about, and gets that label; nothing else.
    Map<String, String> own = labels(LIAR);
    own.keySet().removeIf(key -> !MdevClass.isOwnLabel(key));
    assertThat(own.keySet()).isSubsetOf(GOOD.labelKey());
    assertNobodyElseIsConcerned();
  }

  @Test
  void anotherNodesUidAsOwnerLabelsNobody() throws Exception {
    String other = fleet.node("n01").node().orElseThrow().getMetadata().getUid();
    liar.create(other);
    liar.publish(
        List.of(PublishedVersion.of(GOOD)),
        List.of(LyingDaemon.accepts(TYPE, GOOD.digest())),
        "boot",
        Instant.now());
    Thread.sleep(QUIET.toMillis());
    assertThat(labels(LIAR)).doesNotContainKey(GOOD.labelKey());
    assertNobodyElseIsConcerned();
  }

  @Test
  void aRestlessNodeCostsTheOthersNoWriteAndNoQuestion() throws Exception {
    liar.create(liarUid);
    liar.publish(List.of(GOOD));
    Thread.sleep(QUIET.toMillis());
    Map<String, String> before = versionsOfOthers();
    Map<String, Integer> writes = writesOfOthers();
    for (int i = 0; i < 100; i++) {
      liar.publish(
          i % 2 == 0 ? List.of(PublishedVersion.of(GOOD)) : List.of(),
          List.of(LyingDaemon.accepts(TYPE, GOOD.digest())),
          "boot-" + i,
          Instant.EPOCH.plusSeconds(i * 86_400L));
      Thread.sleep(50);
    }
    Thread.sleep(QUIET.toMillis());
    assertThat(versionsOfOthers()).isEqualTo(before);
    assertThat(writesOfOthers()).isEqualTo(writes);
    assertNobodyElseIsConcerned();
  }

  // ---- the fleet

  private static SimulatedDriver driver(String version) {
    return SimulatedDriver.named("sample")
        .version("1")
        .parents(1)
        .type(TYPE, type -> type.version(version).accepts("good", "better"));
  }

  private List<SimulatedNode> honest() {
    return fleet.nodes().stream().filter(node -> !node.name().equals(LIAR)).toList();
  }

  private static List<MdevClass> versions(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> new MdevClass(TYPE, prefix + "-" + i)).toList();
  }

  private static PublishedVersion published(String version) {
    return PublishedVersion.of(new MdevClass(TYPE, version));
  }

  private static String digest(int i) {
    return new MdevClass(TYPE, "nothing-" + i).digest();
  }

  private Driver driverOf(String node) {
    return fleet
        .node(node)
        .state()
        .orElseThrow()
        .getStatus()
        .inventory()
        .parentGroups()
        .get(0)
        .driver();
  }

  private void refused(List<PublishedVersion> versions, List<Answer> answers) {
    assertThatThrownBy(() -> liar.publish(versions, answers, "boot", Instant.now()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422));
  }

  /** All others have the label of what they accept, and were asked about that alone. */
  private void assertNobodyElseIsConcerned() {
    assertThat(labelled(GOOD)).containsAll(honest().stream().map(SimulatedNode::name).toList());
    for (SimulatedNode node : honest()) {
      assertThat(node.kernel().writes().keySet())
          .extracting(Question::string)
          .containsExactly("good");
      assertThat(node.kernel().totalWrites()).isEqualTo(1);
    }
  }

  private Map<String, Integer> writesOfOthers() {
    return honest().stream()
        .collect(Collectors.toMap(SimulatedNode::name, node -> node.kernel().totalWrites()));
  }

  // ---- what is stored

  private static void ask(String name) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName(name).build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            TYPE, new Source(null, new LabelSelector(), null), null, true, List.of()));
    client.resource(object).create();
  }

  private void awaitEverybodyAccepts(MdevClass mdevClass) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(labelled(mdevClass))
                    .containsAll(honest().stream().map(SimulatedNode::name).toList()));
  }

  private static Set<String> labelled(MdevClass mdevClass) {
    return client.nodes().withLabel(mdevClass.labelKey(), "true").list().getItems().stream()
        .map(node -> node.getMetadata().getName())
        .collect(Collectors.toSet());
  }

  private static Map<String, String> labels(String node) {
    return new TreeMap<>(client.nodes().withName(node).get().getMetadata().getLabels());
  }

  private static MdevNodeStateStatus status(String node) {
    return client.resources(MdevNodeState.class).withName(node).get().getStatus();
  }

  private static Map<String, String> versionsOfOthers() {
    Map<String, String> versions = new TreeMap<>();
    for (Node node : client.nodes().list().getItems()) {
      versions.put("node " + node.getMetadata().getName(), node.getMetadata().getResourceVersion());
    }
    client
        .resources(MdevNodeState.class)
        .list()
        .getItems()
        .forEach(
            state ->
                versions.put(
                    state.getMetadata().getName(), state.getMetadata().getResourceVersion()));
    versions.keySet().removeAll(Set.of(LIAR, "node " + LIAR));
    return versions;
  }

  private static List<String> sources(String name) {
    return client
        .resources(MigrationCompatibility.class)
        .withName(name)
        .get()
        .getStatus()
        .sources()
        .stream()
        .map(source -> source.digest())
        .toList();
  }

  private static String condition(String name, String type) {
    return client
        .resources(MigrationCompatibility.class)
        .withName(name)
        .get()
        .getStatus()
        .conditions()
        .stream()
        .filter(condition -> condition.getType().equals(type))
        .map(condition -> condition.getReason() + ": " + condition.getMessage())
        .findFirst()
        .orElse("none");
  }
}
