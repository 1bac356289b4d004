package io.mdevmigration.e2e.realkernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.operator.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Real kernels that change: two guests with the shipped daemon, the shipped operator, a real
 * control plane. The daemons read their kernel anew once an hour only, so that what they notice
 * they have been told by the kernel. The tests tell one story and run in order; gpu-b is the guest
 * to which things happen.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealKernelChangeIT {
  private static final Duration SOON = Duration.ofMinutes(4);

  /** The deadline is long because a question hangs here until its parent is taken away. */
  private static final String[] DAEMON = {"--rescan", "1h", "--deadline", "60s"};

  private static final String RULES = "/sys/module/mdev_sample/parameters/rules";
  private static final String BINDING = "/sys/bus/platform/drivers/sample/";

  private static final MdevClass A1 = new MdevClass("sample-A", "A-v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "A-v2");
  private static final MdevClass A3 = new MdevClass("sample-A", "A-v3");
  private static final MdevClass A4 = new MdevClass("sample-A", "A-v4");
  private static final MdevClass BOOM = new MdevClass("sample-B", "boom");
  private static final MdevClass B2 = new MdevClass("sample-B", "B-v2");

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private Map<String, RealKernelNode> nodes = Map.of();
  private RealKernelNode changing;
  private OperatorProcess operator;

  @BeforeAll
  void start() throws Exception {
    controlPlane = ControlPlane.start();
    client = controlPlane.client("real-kernel-change-test");
    Path guests = Files.createDirectories(Path.of("target", "real-kernel-change").toAbsolutePath());
    nodes = RealKernelNode.boot(Map.of("gpu-a", driver(""), "gpu-b", driver("")), guests);
    changing = nodes.get("gpu-b");
    CustomResources.install(controlPlane);
    for (RealKernelNode node : nodes.values()) {
      Files.deleteIfExists(node.guest().share().resolve("daemon.log"));
      node.join(controlPlane, client, DAEMON);
    }
    operator = OperatorProcess.start(controlPlane);
    ask("fleet-a", "sample-A", new Source(null, new LabelSelector(), null));
    awaitLabels("gpu-a", A1);
    awaitLabels("gpu-b", A1);
  }

  @AfterAll
  void stop() {
    if (operator != null) {
      operator.close();
    }
    nodes.values().forEach(RealKernelNode::close);
    if (client != null) {
      client.close();
    }
    if (controlPlane != null) {
      controlPlane.close();
    }
  }

  @Test
  @Order(1)
  void aDriverThatIsUnloadedTakesItsLabelsAlongAndBringsThemBack() {
    changing.guest().run("driver-unload");
    awaitLabels("gpu-b");
    assertThat(status("gpu-b").summary().parents()).isZero();
    assertThat(status("gpu-b").inventory().complete()).isTrue();
    changing.reloadDriver(driver(""));
    awaitLabels("gpu-b", A1);
    assertThat(status("gpu-b").summary().parents()).isEqualTo(2);
    assertThat(changing.kernelWrites()).containsEntry("sample.0/sample-A", 1);
  }

  @Test
  @Order(2)
  void anAttributeThatComesAfterItsParentIsFound() {
    changing.reloadDriver(driver("late:*/A=1500"));
    // A parent that was asked has the attribute: the counters begin with each load.
    eventually(
        () ->
            assertThat(changing.kernelWrites())
                .containsEntry("sample.0/sample-A", 1)
                .containsEntry("sample.1/sample-A", 1));
    awaitLabels("gpu-b", A1);
    assertThat(published("gpu-b")).contains(A1.version());
  }

  @Test
  @Order(3)
  void aParentThatIsTakenAwayWhileItIsAskedIsNoAnswer() {
    changing.guest().run("echo 'write:sample.0/B/B-v2=hang' > " + RULES);
    ask("literal-b", B2.type(), new Source(null, null, B2.version()));
    eventually(
        () ->
            assertThat(changing.guest().run("cat /sys/kernel/debug/mdev_sample/waiting"))
                .isEqualTo("1"));
    changing.guest().run("echo sample.0 > " + BINDING + "unbind");
    eventually(
        () -> {
          assertThat(parents("gpu-b")).containsExactly("sample.1");
          Answer answer = answer("gpu-b", B2).orElseThrow();
          assertThat(answer.verdict()).isEqualTo(Verdict.INCOMPATIBLE);
          assertThat(answer.refusedBy()).containsExactly("sample.1");
          assertThat(answer.parents().unknown()).isZero();
        });
    assertThat(changing.kernelWrites()).containsEntry("sample.1/sample-B", 1);

    changing.guest().run("echo > " + RULES + "; echo sample.0 > " + BINDING + "bind");
    eventually(
        () -> {
          assertThat(parents("gpu-b")).containsExactly("sample.0", "sample.1");
          assertThat(answer("gpu-b", B2).orElseThrow().refusedBy())
              .containsExactly("sample.0", "sample.1");
        });
    assertThat(changing.kernelWrites())
        .as("the parent that stayed was not asked again")
        .containsEntry("sample.0/sample-B", 1)
        .containsEntry("sample.1/sample-B", 1);
    awaitLabels("gpu-b", A1);
  }

  @Test
  @Order(4)
  void aRebootWithAnotherDriverTakesTheLabelsAwayUntilThatDriverHasAnswered() {
    changing.rebootWith("--next", driver("version:*/A=A-v2"));
    awaitLabelsStay("gpu-b", A1);
    changing.reportBoot(client);
    awaitLabels("gpu-b");
    changing.startDaemon(DAEMON);
    awaitLabels("gpu-b", A2);
    assertThat(answer("gpu-b", A1).orElseThrow().errnoName()).isEqualTo("EINVAL");
    eventually(
        () -> assertThat(answer("gpu-a", A2).map(Answer::verdict)).contains(Verdict.INCOMPATIBLE));
    awaitLabels("gpu-a", A1);
  }

  @Test
  @Order(5)
  void whatHappensWhileAGuestIsCutOffIsMadeUpForAfterwards() throws Exception {
    changing.loadNextDriver(driver("version:*/A=A-v2"));
    awaitLabels("gpu-b", A2);
    Path share = changing.guest().share();
    Path noticed = share.resolve("noticed");
    for (String ofEarlierRun : List.of("cut", "back", "noticed")) {
      Files.deleteIfExists(share.resolve(ofEarlierRun));
    }
    // Without its network a guest can only be talked to by files.
    changing
        .guest()
        .run(
            "(while [ ! -e /node/cut ]; do sleep 0.2; done; driver-load parents=2 types=A,B;"
                + " while [ ! -e /node/back ]; do cat /sys/kernel/debug/mdev_sample/sum >"
                + " /node/.noticed; mv /node/.noticed /node/noticed; sleep 0.5; done)"
                + " < /dev/null > /dev/null 2>&1 &");
    Path log = share.resolve("daemon.log");
    int before = read(log).length();
    changing.guest().cutOff();
    Files.writeString(share.resolve("cut"), "");
    eventually(
        () ->
            assertThat(read(noticed)).as("reads since the change").containsPattern("reads [1-9]"));
    eventually(() -> assertThat(read(log).substring(before)).contains("cannot write the status"));
    ask("literal-a", A3.type(), new Source(null, null, A3.version()));
    eventually(
        () -> assertThat(answer("gpu-a", A3).map(Answer::verdict)).contains(Verdict.INCOMPATIBLE));
    assertThat(ownLabels("gpu-b")).as("nobody knows better").isEqualTo(keys(A2));
    assertThat(answer("gpu-b", A3)).isEmpty();

    changing.guest().reconnect();
    Files.writeString(share.resolve("back"), "");
    awaitLabels("gpu-b", A1);
    eventually(
        () -> assertThat(answer("gpu-b", A3).map(Answer::verdict)).contains(Verdict.INCOMPATIBLE));
    // Nobody publishes A-v2 any more: it may be asked about, but nothing is asked twice.
    assertThat(changing.kernelWrites())
        .hasEntrySatisfying("sample.0/sample-A", count -> assertThat(count).isBetween(2, 3))
        .hasEntrySatisfying("sample.1/sample-A", count -> assertThat(count).isBetween(2, 3));
    awaitLabels("gpu-a", A1);
  }

  @Test
  @Order(6)
  void aDriverThatPanicsTakesOneGuestDownOnce() {
    for (RealKernelNode node : nodes.values()) {
      // Read at each boot: whoever is asked again panics again.
      node.setDriverOfBoot("", driver("write:*/B/boom=panic"));
      node.guest().run("driver-load");
    }
    awaitLabels("gpu-a", A1);
    awaitLabels("gpu-b", A1);
    Map<String, String> before = boots();
    ask("literal-boom", BOOM.type(), new Source(null, null, BOOM.version()));
    eventually(() -> assertThat(boots()).isNotEqualTo(before));
    RealKernelNode down =
        nodes.values().stream()
            .filter(node -> !node.guest().bootId().equals(bootOf(before, node)))
            .findFirst()
            .orElseThrow();
    RealKernelNode other = down == changing ? nodes.get("gpu-a") : changing;
    down.guest().awaitBootAfter(before.get(down.name()));
    down.reportBoot(client);
    down.startDaemon(DAEMON);

    eventually(
        () ->
            assertThat(suspectedOn("literal-boom"))
                .as("where the trial ended without an answer")
                .containsExactly(down.name()));
    awaitLabels("gpu-a", A1);
    awaitLabels("gpu-b", A1);
    // Everything else goes on, on both.
    ask("literal-more", A4.type(), new Source(null, null, A4.version()));
    for (String node : nodes.keySet()) {
      eventually(
          () -> assertThat(answer(node, A4).map(Answer::verdict)).contains(Verdict.INCOMPATIBLE));
    }
    assertThat(other.guest().bootId()).isEqualTo(bootOf(before, other));
    for (RealKernelNode node : nodes.values()) {
      assertThat(node.kernelWrites())
          .as("since the load on one and the panic on the other: B-v2 alone")
          .containsEntry("sample.0/sample-B", 1);
    }
    assertThat(panics(down) + panics(other)).isEqualTo(1);
  }

  private static List<String> driver(String rules) {
    return rules.isEmpty()
        ? List.of("parents=2", "types=A,B")
        : List.of("parents=2", "types=A,B", "rules=" + rules);
  }

  private void ask(String name, String type, Source source) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName(name).build());
    object.setSpec(new MigrationCompatibilitySpec(type, source, null, true, List.of()));
    client.resource(object).create();
  }

  private Map<String, String> boots() {
    Map<String, String> boots = new TreeMap<>();
    nodes.forEach((name, node) -> node.guest().bootId().ifPresent(boot -> boots.put(name, boot)));
    return boots;
  }

  private static Optional<String> bootOf(Map<String, String> boots, RealKernelNode node) {
    return Optional.ofNullable(boots.get(node.name()));
  }

  private List<String> suspectedOn(String name) {
    return client
        .resources(MigrationCompatibility.class)
        .withName(name)
        .get()
        .getStatus()
        .sources()
        .stream()
        .flatMap(source -> source.suspected().stream())
        .map(Suspicion::node)
        .toList();
  }

  /** How often its kernel has panicked since the guest was started. */
  private static long panics(RealKernelNode node) {
    return read(node.guest().console())
        .lines()
        .filter(line -> line.contains("Kernel panic"))
        .count();
  }

  private static void eventually(ThrowingRunnable holds) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .untilAsserted(holds);
  }

  private void awaitLabels(String node, MdevClass... classes) {
    eventually(() -> assertThat(ownLabels(node)).as(node).isEqualTo(keys(classes)));
  }

  /** For as long as an operator would need several times over. */
  private void awaitLabelsStay(String node, MdevClass... classes) {
    await()
        .during(Duration.ofSeconds(3))
        .atMost(SOON)
        .untilAsserted(() -> assertThat(ownLabels(node)).as(node).isEqualTo(keys(classes)));
  }

  private static Set<String> keys(MdevClass... classes) {
    return Set.of(classes).stream()
        .map(MdevClass::labelKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> ownLabels(String node) {
    return client.nodes().withName(node).get().getMetadata().getLabels().keySet().stream()
        .filter(MdevClass::isOwnLabel)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private MdevNodeStateStatus status(String node) {
    return client.resources(MdevNodeState.class).withName(node).get().getStatus();
  }

  private Optional<Answer> answer(String node, MdevClass mdevClass) {
    return status(node).answers().stream()
        .filter(answer -> answer.digest().equals(mdevClass.digest()))
        .findFirst();
  }

  private List<String> parents(String node) {
    return status(node).inventory().parentGroups().stream()
        .map(ParentGroup::parents)
        .flatMap(List::stream)
        .sorted()
        .toList();
  }

  private List<String> published(String node) {
    return status(node).inventory().versions().stream().map(PublishedVersion::version).toList();
  }

  /** What a guest has written, or nothing. */
  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
