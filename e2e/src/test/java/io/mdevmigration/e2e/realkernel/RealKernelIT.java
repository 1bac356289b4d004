package io.mdevmigration.e2e.realkernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceNode;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditLog;
import io.mdevmigration.e2e.controlplane.CommandResult;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.operator.OperatorProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The main job on real kernels: two guests with the sample driver, an older and a newer one, the
 * shipped daemon in each, the shipped operator, a real control plane. The tests tell one story and
 * run in order.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealKernelIT {
  private static final Duration SOON = Duration.ofMinutes(4);
  private static final Duration RESCAN = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final MdevClass A1 = new MdevClass("sample-A", "A-v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "A-v2");
  private static final MdevClass B1 = new MdevClass("sample-B", "B-v1");
  private static final MdevClass B2 = new MdevClass("sample-B", "B-v2");
  private static final MdevClass C1 = new MdevClass("sample-C", "C-v1");
  private static final MdevClass D1 = new MdevClass("sample-D", "D-v1");
  private static final MdevClass E1 = new MdevClass("sample-E", "E-v1");
  private static final MdevClass G1 = new MdevClass("sample-G", "G-v1");

  /** The older driver: takes its own versions, and says no in every way that there is. */
  private static final List<String> OLDER =
      List.of(
          "parents=2",
          "instances=2",
          "types=A,B,C,D,E,G",
          "rules=absent:*/C; read:*/D=errno:19; write:*/G/*=errno:19");

  /** The newer driver: takes the older A, refuses the older B its own way; one parent refuses E. */
  private static final List<String> NEWER =
      List.of(
          "parents=2",
          "instances=2",
          "types=A,B,C,D,E,G",
          "rules=version:*/A=A-v2; write:*/A/A-v1=accept; version:*/B=B-v2;"
              + " write:*/B/B-v1=errno:121; write:sample.1/E/*=errno:22");

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private Map<String, RealKernelNode> nodes = Map.of();
  private OperatorProcess operator;

  @BeforeAll
  void start() throws Exception {
    controlPlane = ControlPlane.start();
    client = controlPlane.client("real-kernel-test");
    Path guests = Files.createDirectories(Path.of("target", "real-kernel").toAbsolutePath());
    nodes = RealKernelNode.boot(Map.of("gpu-old", OLDER, "gpu-new", NEWER), guests);
    CustomResources.install(controlPlane);
    nodes.values().forEach(node -> node.join(controlPlane, client, daemonArguments()));
    operator = OperatorProcess.start(controlPlane);
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

  private static String[] daemonArguments() {
    return new String[] {"--rescan", RESCAN.toSeconds() + "s"};
  }

  @Test
  @Order(1)
  void theNodesThatAcceptGetTheLabelsAndEachQuestionIsWrittenOnce() {
    for (String type : List.of("A", "B", "C", "D", "E", "G")) {
      ask("fleet-" + type.toLowerCase(java.util.Locale.ROOT), "sample-" + type, wholeFleet());
    }
    ask("from-gpu-new", "sample-A", new Source(new SourceNode("gpu-new", "sample.0"), null, null));

    awaitLabels(
        Map.of(
            "gpu-old", Set.of(A1, B1, E1),
            "gpu-new", Set.of(A1, A2, B2, C1, D1, G1)));
    awaitReady("fleet-a", "fleet-b", "fleet-c", "fleet-d", "fleet-e", "fleet-g", "from-gpu-new");

    Map<String, Integer> asked = new TreeMap<>();
    for (String parent : List.of("sample.0", "sample.1")) {
      asked.put(parent + "/sample-A", 2);
      asked.put(parent + "/sample-B", 2);
      asked.put(parent + "/sample-E", 1);
      asked.put(parent + "/sample-G", 1);
    }
    assertThat(nonZero(nodes.get("gpu-old"))).isEqualTo(asked);
    for (String parent : List.of("sample.0", "sample.1")) {
      asked.put(parent + "/sample-C", 1);
      asked.put(parent + "/sample-D", 1);
    }
    assertThat(nonZero(nodes.get("gpu-new"))).isEqualTo(asked);
  }

  @Test
  @Order(2)
  void theAnswersNameTheErrnoAndTheParent() {
    assertThat(answer("gpu-old", A1).verdict()).isEqualTo(Verdict.COMPATIBLE);
    Answer newer = answer("gpu-old", A2);
    assertThat(newer.verdict()).isEqualTo(Verdict.INCOMPATIBLE);
    assertThat(newer.errno()).isEqualTo(22);
    assertThat(newer.errnoName()).isEqualTo("EINVAL");

    Answer vendors = answer("gpu-new", B1);
    assertThat(vendors.verdict()).isEqualTo(Verdict.INCOMPATIBLE);
    assertThat(vendors.errno()).isEqualTo(121);
    assertThat(vendors.errnoName()).isEqualTo("EREMOTEIO");

    assertThat(answer("gpu-old", C1).verdict()).isEqualTo(Verdict.UNSUPPORTED);
    assertThat(answer("gpu-old", C1).reason()).isEqualTo("NoVersionAttribute");
    for (MdevClass unsupported : List.of(D1, G1)) {
      Answer answer = answer("gpu-old", unsupported);
      assertThat(answer.verdict()).isEqualTo(Verdict.UNSUPPORTED);
      assertThat(answer.reason()).isEqualTo("NotSupported");
      assertThat(answer.errnoName()).isEqualTo("ENODEV");
    }

    Answer oneOfTwo = answer("gpu-new", E1);
    assertThat(oneOfTwo.verdict()).isEqualTo(Verdict.INCOMPATIBLE);
    assertThat(oneOfTwo.refusedBy()).containsExactly("sample.1");
    assertThat(oneOfTwo.parents().accepted()).isEqualTo(1);
    assertThat(oneOfTwo.parents().refused()).isEqualTo(1);

    var status = client.resources(MigrationCompatibility.class).withName("fleet-b").get();
    assertThat(status.getStatus().verdicts())
        .filteredOn(verdict -> verdict.source().equals(B1.digest()))
        .filteredOn(verdict -> verdict.verdict() == Verdict.INCOMPATIBLE)
        .singleElement()
        .satisfies(verdict -> assertThat(verdict.errnoName()).isEqualTo("EREMOTEIO"))
        .satisfies(verdict -> assertThat(verdict.nodes()).containsExactly("gpu-new"));
  }

  @Test
  @Order(3)
  void whenAllInstancesAreInUseNothingChangesAndEachIsTracedToItsType() throws Exception {
    AuditLog.Mark before = controlPlane.auditLog().mark();
    RealKernelNode node = nodes.get("gpu-old");
    Map<String, String> created = new TreeMap<>();
    for (String parent : List.of("sample.0", "sample.1")) {
      for (int i = 0; i < 2; i++) {
        String uuid = UUID.randomUUID().toString();
        created.put(uuid, parent);
        node.guest()
            .run("echo " + uuid + " > /sys/class/mdev_bus/" + type(parent, "sample-A") + "/create");
      }
    }
    assertThat(
            node.guest()
                .run("cat /sys/class/mdev_bus/*/mdev_supported_types/sample-A/available_instances"))
        .isEqualTo("0\n0");

    JsonNode inventory = JSON.readTree(node.guest().run(node.mdevNode() + " inventory -o json"));
    Map<String, String> traced = new TreeMap<>();
    for (JsonNode instance : inventory.path("instances")) {
      assertThat(instance.path("type").asText()).isEqualTo("sample-A");
      traced.put(instance.path("uuid").asText(), instance.path("parent").asText());
    }
    assertThat(traced).isEqualTo(created);

    CommandResult full = node.guest().sh(node.mdevNode() + " check sample-A A-v1");
    assertThat(full.stdout()).contains("Compatible");
    assertThat(full.exitCode()).isZero();

    quietRescans();
    assertThat(writes(before)).as("a full parent answers as before").isEmpty();
  }

  @Test
  @Order(4)
  void aRestartOfEverythingWritesNothingAndAsksNothing() {
    Map<String, Map<String, Integer>> asked = kernelWrites();
    AuditLog.Mark before = controlPlane.auditLog().mark();
    operator.close();
    nodes.values().forEach(RealKernelNode::stopDaemon);
    nodes.values().forEach(node -> node.startDaemon(daemonArguments()));
    operator = OperatorProcess.start(controlPlane);
    // The new ones have seen everything once they have read it: each lists or watches its objects.
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var since = controlPlane.auditLog().since(before);
              assertThat(watchers(since, OperatorProcess.USER_AGENT))
                  .contains("nodes", "mdevnodestates", "migrationcompatibilities");
              assertThat(
                      since
                          .byUserAgent(RealKernelNode.DAEMON_USER_AGENT)
                          .where(entry -> entry.verb().equals("watch")))
                  .hasSizeGreaterThanOrEqualTo(2);
            });
    quietRescans();
    assertThat(writes(before)).isEmpty();
    assertThat(kernelWrites()).isEqualTo(asked);
  }

  @Test
  @Order(5)
  void aDriverReloadedWithAnotherVersionMovesTheLabels() {
    RealKernelNode node = nodes.get("gpu-old");
    node.loadNextDriver(
        List.of("parents=2", "types=A,B,C,D,E,G", "rules=version:*/A=A-v2; write:*/B/*=errno:121"));
    // A-v2 is its own now and A-v1 would be refused; B is refused altogether; C, D and G are plain
    // now.
    // What nobody publishes any more (A-v1) stays where it was accepted, for the grace.
    awaitLabels(
        Map.of(
            "gpu-old", Set.of(A2, C1, D1, E1, G1),
            "gpu-new", Set.of(A1, A2, B2, C1, D1, G1)));
    // Nobody wants to know of the new driver what it makes of A-v1.
    assertThat(answer("gpu-old", A1).reason()).isEqualTo("OtherDriver");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(answer("gpu-old", B1).errnoName()).isEqualTo("EREMOTEIO"));
  }

  @Test
  @Order(6)
  void badInputIsRefusedBeforeAnythingIsWritten() {
    RealKernelNode node = nodes.get("gpu-new");
    Map<String, Integer> before = node.kernelWrites();
    String check = node.mdevNode() + " check ";
    Map<String, Integer> expected = new TreeMap<>();
    expected.put("sample-A ''", 64);
    expected.put("sample-A \"$(printf 'a\\nb')\"", 64);
    expected.put("sample-A \"$(printf 'caf\\303\\251')\"", 64);
    expected.put("sample-A \"$(head -c 4096 /dev/zero | tr '\\0' x)\"", 64);
    expected.put("sample-Z v1", 2);
    expected.put("--parent sample.7 sample-A A-v1", 64);
    expected.forEach(
        (arguments, exit) -> {
          CommandResult result = node.guest().sh(check + arguments);
          assertThat(result.exitCode()).as(arguments + ": " + result).isEqualTo(exit);
        });
    assertThat(node.kernelWrites()).isEqualTo(before);
  }

  @Test
  @Order(7)
  void aReadOnlySysfsIsTheAgentsFaultAndSaysSo() {
    RealKernelNode node = nodes.get("gpu-new");
    CommandResult result =
        node.guest()
            .sh(
                "unshare -m sh -c 'mount --make-rprivate / && mount -o remount,ro,bind /sys && "
                    + node.mdevNode()
                    + " check sample-A A-v2'");
    assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
    assertThat(result.stdout()).contains("AgentMisconfigured").contains("EROFS");
  }

  @Test
  @Order(8)
  void aDriverThatDoesNotReturnIsUnresponsiveAndTheCommandEnds() {
    RealKernelNode node = nodes.get("gpu-old");
    String rules = "/sys/module/mdev_sample/parameters/rules";
    node.guest().run("echo 'write:*/G/boom=hang' > " + rules);
    CommandResult result = node.guest().sh(node.mdevNode() + " check --deadline 2s sample-G boom");
    assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
    assertThat(result.stdout()).contains("DriverUnresponsive");
  }

  @Test
  @Order(9)
  void parents256WithTypes20ArePublishedWithin16KB() {
    String types =
        java.util.stream.IntStream.range(0, 20)
            .mapToObj(i -> "T" + i)
            .collect(Collectors.joining(","));
    nodes.get("gpu-new").reloadDriver(List.of("parents=256", "types=" + types));
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var state = state("gpu-new").getStatus();
              assertThat(state.summary().parents()).isEqualTo(256);
              assertThat(state.summary().types()).isEqualTo(20);
            });
    String inventory =
        client.getKubernetesSerialization().asJson(state("gpu-new").getStatus().inventory());
    assertThat(inventory.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(16_384);
    // None of the former types is offered.
    awaitLabels(Map.of("gpu-new", Set.of()));
  }

  private void ask(String name, String type, Source source) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName(name).build());
    object.setSpec(new MigrationCompatibilitySpec(type, source, null, true, List.of()));
    client.resource(object).create();
  }

  private static Source wholeFleet() {
    return new Source(null, new LabelSelector(), null);
  }

  private void awaitLabels(Map<String, Set<MdevClass>> expected) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                expected.forEach(
                    (node, classes) ->
                        assertThat(ownLabels(node)).as(node).isEqualTo(keys(classes))));
  }

  private static Set<String> keys(Set<MdevClass> classes) {
    return classes.stream().map(MdevClass::labelKey).collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> ownLabels(String node) {
    return client.nodes().withName(node).get().getMetadata().getLabels().keySet().stream()
        .filter(MdevClass::isOwnLabel)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void awaitReady(String... names) {
    for (String name : names) {
      controlPlane
          .kubectl("wait", "--for=condition=Ready", "--timeout=240s", "mcompat/" + name)
          .orThrow();
    }
  }

  private MdevNodeState state(String node) {
    return client.resources(MdevNodeState.class).withName(node).get();
  }

  private Answer answer(String node, MdevClass mdevClass) {
    return state(node).getStatus().answers().stream()
        .filter(answer -> answer.digest().equals(mdevClass.digest()))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, Integer> nonZero(RealKernelNode node) {
    Map<String, Integer> writes = node.kernelWrites();
    writes.values().removeIf(count -> count == 0);
    return writes;
  }

  private Map<String, Map<String, Integer>> kernelWrites() {
    Map<String, Map<String, Integer>> writes = new TreeMap<>();
    nodes.forEach((name, node) -> writes.put(name, node.kernelWrites()));
    return writes;
  }

  private List<String> writes(AuditLog.Mark since) {
    AuditEntries entries =
        controlPlane.auditLog().since(since).writes().withoutLeases().withoutEvents();
    List<String> writes = new ArrayList<>();
    entries.byUserAgent(OperatorProcess.USER_AGENT).forEach(e -> writes.add(e.toString()));
    entries.byUserAgent(RealKernelNode.DAEMON_USER_AGENT).forEach(e -> writes.add(e.toString()));
    return writes;
  }

  private static Set<String> watchers(AuditEntries entries, String userAgent) {
    return entries
        .byUserAgent(userAgent)
        .where(entry -> entry.verb().equals("watch"))
        .list()
        .stream()
        .map(entry -> entry.resource())
        .collect(Collectors.toSet());
  }

  /** Long enough for two rescans, after which nothing more is to come. */
  private static void quietRescans() {
    try {
      Thread.sleep(RESCAN.multipliedBy(3).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String type(String parent, String type) {
    return parent + "/mdev_supported_types/" + type;
  }
}
