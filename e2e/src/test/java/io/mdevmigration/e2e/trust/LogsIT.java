package io.mdevmigration.e2e.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However much an admin has the programs log, and in whatever format, no credential is in it. */
class LogsIT {
  private static final String TOKEN = "not-to-be-seen-by-anybody";

  /** All that an option can turn on, the Kubernetes client's logging of headers among it. */
  private static final String EVERYTHING =
      "trace,io.fabric8=trace,io.fabric8.kubernetes.client.http.HttpLoggingInterceptor=trace,"
          + "io.javaoperatorsdk=trace,jdk=trace,jdk.httpclient.HttpClient=trace";

  /** What the JDK's own client can be told to log. */
  private static final String HEADERS = "-Djdk.httpclient.HttpClient.log=headers,requests";

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void theOperatorLogsNoToken(String format) throws Exception {
    assertNoTokenIsLogged(format, "operator/target/mdev-operator/bin/mdev-operator");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void theDaemonLogsNoToken(String format) throws Exception {
    assertNoTokenIsLogged(
        format,
        "node-daemon/target/mdev-node/bin/mdev-node",
        "daemon",
        "--node-name",
        "logging",
        "--sysfs",
        directory.toString());
  }

  private void assertNoTokenIsLogged(String format, String program, String... arguments)
      throws Exception {
    Path log = directory.resolve("log");
    OwnedProcess process =
        OwnedProcess.start(
            "logging",
            Stream.of(
                    Stream.of(Project.program(program).toString()),
                    Stream.of(arguments),
                    Stream.of("--log-level", EVERYTHING, "--log-format", format))
                .flatMap(part -> part)
                .toList(),
            Map.of("KUBECONFIG", kubeconfig().toString(), "JAVA_OPTS", HEADERS),
            log);
    try {
      // The API server does not know the token: the request was made, and with it.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(log).contains("Unauthorized"));
      // What the client says of a request may come after what the program says of its failure.
      Thread.sleep(1000);
      assertThat(Files.readString(log)).contains("DEBUG");
      for (String secret : List.of(TOKEN, "client-key-data", "PRIVATE KEY")) {
        assertThat(Files.readString(log)).doesNotContain(secret);
      }
    } finally {
      process.kill();
    }
    if (format.equals("json")) {
      String text = Files.readString(log);
      // Whole lines: it was killed, maybe while it wrote one.
      List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
      assertThat(lines).isNotEmpty();
      for (String line : lines) {
        JsonNode object = JSON.readTree(line);
        assertThat(object.path("message").isTextual()).as(line).isTrue();
        assertThat(object.path("time").isTextual()).as(line).isTrue();
      }
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
