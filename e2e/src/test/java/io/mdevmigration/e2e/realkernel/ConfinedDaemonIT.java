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
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The shipped daemon, confined as a pod is, on a real kernel: what it needs is left to it, and what
 * it does not need is not. The test plays the operator and puts the questions itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfinedDaemonIT {
  private static final Duration SOON = Duration.ofMinutes(4);
  private static final String NODE = "gpu-c";
  private static final String TYPE = "sample-A";
  private static final List<String> PARENTS = List.of("sample.0", "sample.1");

  private static final String ATTRIBUTE = "/mdev_supported_types/" + TYPE + "/version";

  /** A call that opens a file as strace -y shows it: a descriptor is followed by what it is of. */
  private static final Pattern OPEN =
      Pattern.compile(
          "^(?:open|openat|openat2|creat)\\((.*)\\) += (?:\\d+<(.*)>|\\S+ .*)$", Pattern.MULTILINE);

  private static final Pattern FOR_WRITING = Pattern.compile("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC");

  private ControlPlane controlPlane;
  private KubernetesClient client;
  private RealKernelNode node;
  private Guest guest;
  private ConfinedDaemon daemon;

  @BeforeAll
  void start() throws IOException {
    controlPlane = ControlPlane.start();
    client = controlPlane.client("confined-daemon-test");
    Path guests = Files.createDirectories(Path.of("target", "confined-daemon").toAbsolutePath());
    node = RealKernelNode.boot(Map.of(NODE, List.of("parents=2", "types=A")), guests).get(NODE);
    guest = node.guest();
    Path crds = Project.root().resolve("crds");
    controlPlane.kubectl("apply", "-f", crds.toString()).orThrow();
    controlPlane
        .kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", crds.toString())
        .orThrow();
    Files.deleteIfExists(guest.share().resolve("daemon.log"));
    node.register(controlPlane, client);
    // Once an hour: what it notices it was told by the kernel.
    daemon = ConfinedDaemon.start(node, "--rescan", "1h");
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
  void nothingIsLeftToItThatAPodWouldNotHave() {
    Map<String, String> process =
        guest
            .run("cat /proc/" + daemon.pid() + "/status")
            .lines()
            .map(line -> line.split(":\\s*", 2))
            .collect(Collectors.toMap(field -> field[0], field -> field[1]));
    assertThat(process).containsEntry("Uid", "0\t0\t0\t0").containsEntry("NoNewPrivs", "1");
    assertThat(process).as("a filter").containsEntry("Seccomp", "2");
    for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
      assertThat(process).containsEntry(set, "0".repeat(16));
    }
    assertThat(guest.run("cat /proc/" + daemon.pid() + "/attr/current"))
        .isEqualTo(ConfinedDaemon.PROFILE + " (enforce)");
    for (String file : List.of("/x", "/app/x", "/host/sys/bus/platform/drivers/sample/unbind")) {
      assertThat(daemon.shWithoutProfile("echo sample.0 > " + file).stderr())
          .contains("Read-only file system");
    }
    assertThat(daemon.shWithoutProfile("unshare -n true").stderr())
        .contains("Operation not permitted");
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
  void aQuestionOpensNothingForWritingButTheAttribute() throws IOException {
    Path traces = guest.share().resolve("traces");
    guest.run("rm -rf /node/traces && mkdir /node/traces");
    // A file for each thread, so that no call is interrupted by another thread's.
    guest.run(
        "LD_LIBRARY_PATH=/node/tools/usr/lib/x86_64-linux-gnu /node/tools/usr/bin/strace -ff -y"
            + " -e trace=open,openat,openat2,creat -o /node/traces/thread -p "
            + daemon.pid()
            + " < /dev/null > /node/strace.log 2>&1 & echo $! > /run/strace.pid");
    eventually(
        () ->
            assertThat(guest.run("grep -h TracerPid /proc/" + daemon.pid() + "/task/*/status"))
                .doesNotContain("TracerPid:\t0"));
    ask("traced");
    awaitVerdict("traced", Verdict.INCOMPATIBLE);
    guest.run("pid=$(cat /run/strace.pid); kill $pid; while [ -d /proc/$pid ]; do sleep 0.1; done");

    List<MatchResult> calls = new ArrayList<>();
    try (Stream<Path> threads = Files.list(traces)) {
      for (Path thread : threads.toList()) {
        OPEN.matcher(Files.readString(thread)).results().forEach(calls::add);
      }
    }
    assertThat(calls)
        .filteredOn(call -> FOR_WRITING.matcher(call.group(1)).find())
        .as("a call that failed has no file")
        .extracting(call -> Optional.ofNullable(call.group(2)).orElse(call.group()))
        .hasSameElementsAs(PARENTS.stream().map(parent -> device(parent) + ATTRIBUTE).toList());
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
        assertThat(guest.run("dmesg"))
            .contains("apparmor=\"DENIED\"", "profile=\"mdev-node\"", "name=\"" + other + "\"");
      }
      assertThat(daemon.shWithoutProfile("echo auto > " + device + "/power/control").exitCode())
          .as("nothing else refuses it")
          .isZero();
    }
  }

  /** Where the container has a parent. */
  private String device(String parent) {
    String host = guest.run("readlink -f /sys/class/mdev_bus/" + parent);
    return ConfinedDaemon.SYSFS + host.substring("/sys".length());
  }

  private void ask(String... versions) {
    List<Check> checks = Stream.of(versions).map(v -> new Check(TYPE, v, null)).toList();
    client
        .resources(MdevNodeState.class)
        .withName(NODE)
        .edit(
            state -> {
              state.setSpec(new MdevNodeStateSpec(checks, null, null));
              return state;
            });
  }

  private void awaitVerdict(String version, Verdict verdict) {
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
    return Optional.ofNullable(client.resources(MdevNodeState.class).withName(NODE).get())
        .map(MdevNodeState::getStatus);
  }

  private static void eventually(ThrowingRunnable holds) {
    await().atMost(SOON).pollInterval(Duration.ofMillis(500)).untilAsserted(holds);
  }
}
