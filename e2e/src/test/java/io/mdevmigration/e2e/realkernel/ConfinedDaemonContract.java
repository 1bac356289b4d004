package io.mdevmigration.e2e.realkernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The shipped daemon, confined as a pod is and by one of the project's profiles, on a real kernel:
 * what holds whichever profile it is. The test plays the operator and puts the questions itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ConfinedDaemonContract {
  static final List<String> PARENTS = List.of("sample.0", "sample.1");
  static final String TYPE = "sample-A";
  static final String ATTRIBUTE = "/mdev_supported_types/" + TYPE + "/version";

  private static final Duration SOON = Duration.ofMinutes(4);

  private final String name;
  private final Confinement confinement;
  private ControlPlane controlPlane;
  private KubernetesClient client;
  private RealKernelNode node;

  /** The guest in which it runs. */
  Guest guest;

  /** The daemon itself. */
  ConfinedDaemon daemon;

  /**
   * A daemon that is not started yet.
   *
   * @param name of its node
   */
  ConfinedDaemonContract(String name, Confinement confinement) {
    this.name = name;
    this.confinement = confinement;
  }

  /**
   * What the kernel's log has to say about a write that it has refused.
   *
   * @param file in the container
   */
  abstract List<String> refusal(String file);

  @BeforeAll
  void start() throws IOException {
    controlPlane = ControlPlane.start();
    client = controlPlane.client("confined-daemon-test");
    Path guests = Files.createDirectories(Path.of("target", "confined-daemon").toAbsolutePath());
    node =
        RealKernelNode.boot(
                Map.of(name, List.of("parents=2", "types=A")),
                guests,
                confinement.guestOptions().toArray(String[]::new))
            .get(name);
    guest = node.guest();
    CustomResources.install(controlPlane);
    Files.deleteIfExists(guest.share().resolve("daemon.log"));
    node.register(controlPlane, client);
    // Once an hour: what it notices it was told by the kernel.
    daemon = ConfinedDaemon.start(node, confinement, "--rescan", "1h");
    eventually(() -> assertThat(status()).isPresent());
  }

  @AfterAll
  void stop() {
    if (node != null) {
      node.close();
    }
    if (client != null) {
      client.close();
    }
    if (controlPlane != null) {
      controlPlane.close();
    }
  }

  @Test
  void itsJobIsDoneAllTheSame() {
    // A driver that has been asked nothing yet.
    ask();
    eventually(() -> assertThat(status().orElseThrow().answers()).isEmpty());
    Optional<String> before = revision();
    node.reloadDriver(List.of("parents=2", "types=A"));
    eventually(() -> assertThat(revision()).isPresent().isNotEqualTo(before));
    ask("A-v1", "A-v2");
    awaitVerdict("A-v1", Verdict.COMPATIBLE);
    awaitVerdict("A-v2", Verdict.INCOMPATIBLE);
    assertThat(published()).containsExactly("A-v1");
    assertThat(status().orElseThrow().conditions())
        .filteredOn(condition -> condition.getType().equals("Ready"))
        .allSatisfy(condition -> assertThat(condition.getStatus()).isEqualTo("True"))
        .hasSize(1);
    assertThat(node.kernelWrites())
        .containsEntry("sample.0/sample-A", 2)
        .containsEntry("sample.1/sample-A", 2);

    node.reloadDriver(List.of("parents=2", "types=A", "rules=version:*/A=A-v2"));
    eventually(() -> assertThat(published()).containsExactly("A-v2"));
    awaitVerdict("A-v1", Verdict.INCOMPATIBLE);
    awaitVerdict("A-v2", Verdict.COMPATIBLE);
  }

  @Test
  void theKernelRefusesToWriteAnyOtherFileOfADeviceUnderTheProfile() {
    for (String device : PARENTS.stream().map(this::device).toList()) {
      String version = daemon.sh("cat " + device + ATTRIBUTE).stdout().strip();
      assertThat(daemon.sh("echo " + version + " > " + device + ATTRIBUTE).exitCode()).isZero();
      String types = device + "/mdev_supported_types/";
      for (String other : List.of(device + "/power/control", types + TYPE + "/create")) {
        guest.run("dmesg -c > /dev/null");
        assertThat(daemon.sh("echo auto > " + other).stderr()).contains("Permission denied");
        assertThat(guest.run("dmesg")).contains(refusal(other));
      }
      assertThat(daemon.shWithoutProfile("echo auto > " + device + "/power/control").exitCode())
          .as("nothing else refuses it")
          .isZero();
    }
  }

  /** Where the container has a parent. */
  String device(String parent) {
    String host = guest.run("readlink -f /sys/class/mdev_bus/" + parent);
    return ConfinedDaemon.SYSFS + host.substring("/sys".length());
  }

  /** Puts these questions, and takes away those that were there. */
  void ask(String... versions) {
    List<Check> checks = Stream.of(versions).map(v -> new Check(TYPE, v, null)).toList();
    client
        .resources(MdevNodeState.class)
        .withName(name)
        .edit(
            state -> {
              state.setSpec(new MdevNodeStateSpec(checks, null, null));
              return state;
            });
  }

  void awaitVerdict(String version, Verdict verdict) {
    String digest = new MdevClass(TYPE, version).digest();
    eventually(
        () ->
            assertThat(
                    status().orElseThrow().answers().stream()
                        .filter(answer -> answer.digest().equals(digest))
                        .map(Answer::verdict))
                .containsExactly(verdict));
  }

  private List<String> published() {
    return status().orElseThrow().inventory().versions().stream()
        .map(PublishedVersion::version)
        .toList();
  }

  private Optional<String> revision() {
    return status().orElseThrow().inventory().type(TYPE).map(OfferedType::revision);
  }

  private Optional<MdevNodeStateStatus> status() {
    return Optional.ofNullable(client.resources(MdevNodeState.class).withName(name).get())
        .map(MdevNodeState::getStatus);
  }

  static void eventually(ThrowingRunnable holds) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .untilAsserted(holds);
  }
}
