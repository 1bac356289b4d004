package io.mdevmigration.e2e.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.OwnedProcess;
import io.mdevmigration.e2e.controlplane.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Prometheus itself, which scrapes every second and keeps what it sees in a folder. */
public final class Prometheus implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final OwnedProcess process;
  private final URI address;
  private final HttpClient client = HttpClient.newHttpClient();

  /**
   * What it scrapes, with the labels that a PodMonitor gives.
   *
   * @param port at 127.0.0.1
   * @param pod the pod that it would be
   * @param node where that would run
   */
  public record Target(int port, String pod, String node) {}

  private Prometheus(OwnedProcess process, URI address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts it; the first time on a machine this fetches Debian's package.
   *
   * @param folder for its configuration and data
   * @param rules a rule file
   * @param namespace that the targets would be in
   */
  public static Prometheus start(Path folder, Path rules, String namespace, List<Target> targets)
      throws IOException, InterruptedException {
    Path configuration =
        Files.writeString(
            folder.resolve("prometheus.yaml"),
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: ["%s"]
            scrape_configs:
            - job_name: mdev-migration
              static_configs:
            %s
            """
                .formatted(
                    rules,
                    targets.stream()
                        .map(target -> configuration(namespace, target))
                        .collect(Collectors.joining())));
    int port = Ports.free();
    return new Prometheus(
        OwnedProcess.start(
            "prometheus",
            List.of(
                program(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--log.level=warn"),
            folder.resolve("prometheus.log")),
        URI.create("http://127.0.0.1:" + port));
  }

  private static String configuration(String namespace, Target target) {
    return """
              - targets: ["127.0.0.1:%d"]
                labels: {namespace: "%s", pod: "%s", node: "%s"}
            """
        .formatted(target.port(), namespace, target.pod(), target.node());
  }

  private static String program() throws IOException, InterruptedException {
    Process install =
        new ProcessBuilder(Project.root().resolve("e2e/metrics/install").toString(), "prometheus")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String program =
        new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (install.waitFor() != 0) {
      throw new IllegalStateException("e2e/metrics/install failed");
    }
    return program;
  }

  /** Whether it answers by now. */
  public boolean isReady() throws InterruptedException {
    try {
      return get("/-/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What an expression comes to now: an array of samples.
   *
   * @throws IllegalArgumentException if Prometheus does not understand it
   */
  public JsonNode query(String expression) throws IOException, InterruptedException {
    return data("/api/v1/query?query=" + encoded(expression)).get("result");
  }

  /** The values that a label of a metric has. */
  public JsonNode labelValues(String metric, String label)
      throws IOException, InterruptedException {
    return data("/api/v1/label/%s/values?match%%5B%%5D=%s".formatted(label, encoded(metric)));
  }

  /** The rules of all groups, each with its health and its last evaluation. */
  public List<JsonNode> rules() throws IOException, InterruptedException {
    return data("/api/v1/rules").get("groups").findValues("rules").stream()
        .flatMap(rules -> StreamSupport.stream(rules.spliterator(), false))
        .toList();
  }

  private JsonNode data(String path) throws IOException, InterruptedException {
    JsonNode answer = JSON.readTree(get(path).body());
    if (!answer.path("status").asText().equals("success")) {
      throw new IllegalArgumentException(path + ": " + answer.path("error").asText());
    }
    return answer.get("data");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.kill();
  }
}
