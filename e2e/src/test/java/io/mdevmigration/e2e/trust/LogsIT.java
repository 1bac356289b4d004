package io.mdevmigration.e2e.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However much an admin has the programs log, no credential is in it. */
class LogsIT {
  private static final String TOKEN = "not-to-be-seen-by-anybody";
  private static final String EVERYTHING =
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace -Dorg.slf4j.simpleLogger.log.io.fabric8=trace"
          + " -Dorg.slf4j.simpleLogger.log.io.mdevmigration=trace";

  @TempDir private Path directory;

  @Test
  void theOperatorLogsNoToken() throws Exception {
    assertNoTokenIsLogged("operator/target/mdev-operator/bin/mdev-operator");
  }

  @Test
  void theDaemonLogsNoToken() throws Exception {
    assertNoTokenIsLogged(
        "node-daemon/target/mdev-node/bin/mdev-node",
        "daemon",
        "--node-name",
        "logging",
        "--sysfs",
        directory.toString());
  }

  private void assertNoTokenIsLogged(String program, String... arguments) throws Exception {
    Path log = directory.resolve("log");
    OwnedProcess process =
        OwnedProcess.start(
            "logging",
            Stream.concat(Stream.of(Project.program(program).toString()), Stream.of(arguments))
                .toList(),
            Map.of("KUBECONFIG", kubeconfig().toString(), "JAVA_OPTS", EVERYTHING),
            log);
    try {
      // The API server does not know the token: the request was made, and with it.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(log).contains("Unauthorized"));
      assertThat(Files.readString(log)).contains("DEBUG");
      for (String secret : List.of(TOKEN, "client-key-data", "PRIVATE KEY")) {
        assertThat(Files.readString(log)).doesNotContain(secret);
      }
    } finally {
      process.kill();
    }
  }

  private Path kubeconfig() throws Exception {
    String server =
        Files.readAllLines(TestCluster.get().kubeconfig()).stream()
            .map(String::strip)
            .filter(line -> line.startsWith("server: "))
            .findFirst()
            .orElseThrow();
    return Files.writeString(
        directory.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {insecure-skip-tls-verify: true, %s}}]
        users: [{name: u, user: {token: %s}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
            .formatted(server, TOKEN));
  }
}
