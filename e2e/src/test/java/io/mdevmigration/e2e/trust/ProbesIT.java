package io.mdevmigration.e2e.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.operator.OperatorProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ports of both programs as they are shipped. */
class ProbesIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = Ports.free();

  @TempDir private Path directory;

  @Test
  void anOperatorIsAliveFromTheStartAndReadyOnceItHasReadEverythingAlsoWhileItStandsBy()
      throws Exception {
    int second = Ports.free();
    try (OperatorProcess leader = operator(port);
        OperatorProcess standby = operator(second)) {
      for (int each : List.of(port, second)) {
        await().atMost(SOON).until(() -> status(each, "/readyz") == 200);
        assertThat(status(each, "/livez")).isEqualTo(200);
        assertThat(status(each, "/")).isEqualTo(404);
        assertThat(status(each, "/metrics")).isEqualTo(200);
      }
      assertThat(leader.isAlive() && standby.isAlive()).isTrue();
    }
  }

  @Test
  void aDaemonIsReadyOnceItHasPublished() throws Exception {
    OwnedProcess daemon = daemon(TestCluster.get().kubeconfig());
    try {
      await().atMost(SOON).until(() -> status(port, "/readyz") == 200);
      assertThat(status(port, "/livez")).isEqualTo(200);
      assertThat(status(port, "/metrics")).isEqualTo(200);
    } finally {
      daemon.kill();
    }
  }

  @Test
  void aDaemonWhoseApiServerIsAwayIsAliveAndNotReady() throws Exception {
    Path kubeconfig = directory.resolve("kubeconfig");
    String nobody = "https://127.0.0.1:" + Ports.free();
    Files.writeString(
        kubeconfig,
        Files.readString(TestCluster.get().kubeconfig())
            .replaceAll("server: \\S+", "server: " + nobody));
    OwnedProcess daemon = daemon(kubeconfig);
    try {
      await().atMost(SOON).until(() -> status(port, "/livez") == 200);
      Thread.sleep(2000);
      assertThat(status(port, "/livez")).isEqualTo(200);
      assertThat(status(port, "/readyz")).isEqualTo(503);
      assertThat(Files.readString(daemon.log())).doesNotContain("client-key", "token");
    } finally {
      daemon.kill();
    }
  }

  @Test
  void withoutAPortNobodyListens() throws Exception {
    OwnedProcess daemon = start(TestCluster.get().kubeconfig(), List.of());
    try {
      await()
          .atMost(SOON)
          .until(() -> Files.readString(daemon.log()).contains("published parents="));
      assertThat(sockets(daemon.pid())).isEmpty();
    } finally {
      daemon.kill();
    }
  }

  private OperatorProcess operator(int at) {
    return OperatorProcess.start(
        Map.of("KUBECONFIG", TestCluster.get().kubeconfig().toString()),
        directory.resolve("operator.log"),
        "--http-port",
        Integer.toString(at),
        "--http-address",
        "127.0.0.1",
        "--lease-name",
        "probes");
  }

  private OwnedProcess daemon(Path kubeconfig) {
    return start(kubeconfig, List.of("--http-port", Integer.toString(port)));
  }

  private OwnedProcess start(Path kubeconfig, List<String> options) {
    TestCluster.get().kubectl("delete", "mdevnodestate", "probed", "--ignore-not-found").orThrow();
    TestCluster.get().kubectl("delete", "node", "probed", "--ignore-not-found").orThrow();
    TestCluster.get().kubectl("create", "-f", node().toString()).orThrow();
    var command =
        new ArrayList<>(
            List.of(
                Project.program("node-daemon/target/mdev-node/bin/mdev-node").toString(),
                "daemon",
                "--node-name",
                "probed",
                "--sysfs",
                directory.toString()));
    command.addAll(options);
    return OwnedProcess.start(
        "mdev-node",
        command,
        Map.of("KUBECONFIG", kubeconfig.toString()),
        directory.resolve("daemon.log"));
  }

  private Path node() {
    try {
      return Files.writeString(
          directory.resolve("node.yaml"), "apiVersion: v1\nkind: Node\nmetadata: {name: probed}\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Local addresses of the TCP sockets on which a process listens. */
  private static List<String> sockets(long pid) throws IOException {
    List<String> inodes;
    try (var files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      inodes = files.map(ProbesIT::target).filter(t -> t.startsWith("socket:[")).toList();
    }
    return Files.readAllLines(Path.of("/proc/" + pid + "/net/tcp6")).stream()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(fields -> fields.length > 9 && fields[3].equals("0A"))
        .filter(fields -> inodes.contains("socket:[" + fields[9] + "]"))
        .map(fields -> fields[1])
        .toList();
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private int status(int at, String path) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
