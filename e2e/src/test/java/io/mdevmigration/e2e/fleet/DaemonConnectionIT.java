package io.mdevmigration.e2e.fleet;

import static io.mdevmigration.e2e.fleet.NodeQuestions.eventually;
import static io.mdevmigration.e2e.fleet.NodeQuestions.quiet;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.proxy.ApiProxy;
import io.mdevmigration.e2e.proxy.Request;
import io.mdevmigration.e2e.proxy.Traffic;
import io.mdevmigration.e2e.proxy.Upstream;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose way to the API server is hurt, and one whose API server forgets. */
@Timeout(180)
final class DaemonConnectionIT {
  private static final String TYPE = "sample-A";
  private static final Check GOOD = new Check(TYPE, "good", null);
  private static final Check OTHER = new Check(TYPE, "other", null);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static ControlPlane controlPlane;
  private static KubernetesClient kubelet;

  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Integer> refusals = new CopyOnWriteArrayList<>();

  /** Run when the daemon's next announcement is on its way. */
  private final AtomicReference<Runnable> beforeAnnouncement = new AtomicReference<>(() -> {});

  private final SimulatedDriver driver =
      SimulatedDriver.named("sample")
          .version("1.0")
          .type(TYPE, t -> t.version("good").accepts("good", "other"));

  private ApiProxy proxy;
  private Fleet fleet;
  private SimulatedNode node;
  private NodeQuestions questions;

  @BeforeAll
  static void startControlPlane() {
    controlPlane = TestCluster.start(new Options());
    kubelet = controlPlane.client("connection-test");
  }

  @AfterAll
  static void stopControlPlane() {
    kubelet.close();
    controlPlane.close();
  }

  @BeforeEach
  void start() {
    Upstream upstream = Upstream.tls(controlPlane.port(), controlPlane.apiServerCertificate());
    proxy = ApiProxy.start("daemon", upstream, new Observer(), new Random(1));
    Config config =
        new ConfigBuilder(controlPlane.config("mdev-node/test")).withMasterUrl(proxy.url()).build();
    fleet =
        Fleet.of(
            kubelet,
            config,
            DaemonOptions.DEFAULTS
                .withRescan(Duration.ofMillis(500))
                .withRelist(Duration.ofSeconds(2)));
    node = fleet.add("connected-" + NUMBER.incrementAndGet(), SimulatedKernel.with(driver));
    questions = new NodeQuestions(kubelet, node);
    questions.awaitInventory();
  }

  @AfterEach
  void clear() {
    fleet.close();
    proxy.close();
    for (String resource : List.of("mdevnodestates", "nodes")) {
      controlPlane.kubectl("delete", resource, "--all", "--wait=true").orThrow();
    }
  }

  @Test
  void halfOpenConnectionsAreFoundDeadByTheNextLook() {
    proxy.hang();
    questions.ask(GOOD);
    questions.awaitReason(GOOD, Reason.ACCEPTED);
    assertThat(node.kernel().totalWrites()).isEqualTo(1);
  }

  @Test
  void aWatchThatIsCutIsFollowedByALookAndANewWatch() {
    // One that was opened just now: the next look of the daemon's own accord is two seconds away.
    requests.clear();
    eventually(() -> assertThat(requests).anyMatch(Request::isWatch));
    requests.clear();
    proxy.cut();
    eventually(() -> assertThat(requests).anyMatch(Request::isWatch));
    assertThat(requests.get(0).method()).isEqualTo("GET");
    assertThat(requests.get(0).isWatch()).as("looked first").isFalse();
    assertThat(requests).allMatch(request -> !request.uri().contains("resourceVersion=1"));
    questions.ask(GOOD);
    questions.awaitReason(GOOD, Reason.ACCEPTED);
  }

  @Test
  void everyLookIsFollowedByANewWatch() {
    requests.clear();
    eventually(() -> assertThat(requests.stream().filter(Request::isWatch)).hasSize(3));
    assertThat(requests.stream().filter(request -> !request.isWatch()))
        .allMatch(request -> request.method().equals("GET"));
  }

  @Test
  void aCheckThatIsWithdrawnWhileItsAnnouncementIsOnItsWayIsNeverAsked() {
    beforeAnnouncement.set(() -> questions.ask());
    questions.ask(GOOD.asTrial());
    eventually(() -> assertThat(refusals).containsExactly(422));
    quiet();
    assertThat(questions.status().answers()).isEmpty();
    assertThat(node.kernel().totalWrites()).isZero();
    questions.ask(GOOD.asTrial());
    questions.awaitReason(GOOD, Reason.ACCEPTED);
  }

  @Test
  void anApiServerThatForgetsIsToldAnewAndTheKernelNotAsked(@TempDir Path backups) {
    questions.ask(GOOD);
    questions.awaitAnswers(1);
    Path snapshot = backups.resolve("snapshot");
    stopServers();
    copy(etcd(), snapshot);
    startServers();
    String before = revision();
    node.kernel().reload(driver);
    eventually(() -> assertThat(revision()).isNotEqualTo(before));
    questions.ask(GOOD, OTHER);
    questions.awaitAnswers(2);
    String revision = revision();
    int asked = node.kernel().totalWrites();

    stopServers();
    delete(etcd());
    copy(snapshot, etcd());
    startServers();

    eventually(() -> assertThat(revision()).isEqualTo(revision));
    eventually(() -> assertThat(questions.status().answers()).hasSize(1));
    assertThat(questions.answer(GOOD).revision()).isEqualTo(revision);
    questions.ask(GOOD, OTHER);
    questions.awaitAnswers(2);
    quiet();
    assertThat(node.kernel().totalWrites()).isEqualTo(asked);
  }

  @Test
  void anObjectThatIsGoneIsCreatedWithWhatMemoryKnows() {
    questions.ask(GOOD);
    questions.awaitAnswers(1);
    kubelet.resources(MdevNodeState.class).withName(node.name()).delete();
    questions.awaitInventory();
    questions.ask(GOOD);
    questions.awaitReason(GOOD, Reason.ACCEPTED);
    assertThat(node.kernel().totalWrites()).isEqualTo(1);
  }

  private String revision() {
    return questions.status().inventory().type(TYPE).orElseThrow().revision();
  }

  private final class Observer implements Traffic {
    @Override
    public void sent(Request request) {
      requests.add(request);
      if (request.isWrite() && request.body().contains("\"Asking\"")) {
        beforeAnnouncement.getAndSet(() -> {}).run();
      }
    }

    @Override
    public void answered(Request request, int status, byte[] body) {
      if (request.isWrite() && status >= 400) {
        refusals.add(status);
      }
    }
  }

  // ---- a backup of etcd

  private static Path etcd() {
    return controlPlane.directory().resolve("etcd");
  }

  private static void stopServers() {
    controlPlane.killApiServer();
    controlPlane.killEtcd();
  }

  private static void startServers() {
    controlPlane.startEtcd();
    controlPlane.startApiServer();
  }

  private static void copy(Path from, Path to) {
    walk(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void delete(Path root) {
    walk(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void walk(Path root, SimpleFileVisitor<Path> visitor) {
    try {
      Files.walkFileTree(root, visitor);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
