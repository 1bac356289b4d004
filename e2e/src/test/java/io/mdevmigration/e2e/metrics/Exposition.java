package io.mdevmigration.e2e.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a program shows at /metrics. Whether it is well-formed is promtool's to say. */
record Exposition(String text) {
  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  /** One line. */
  record Sample(String name, Map<String, String> labels, double value) {}

  static Exposition scrape(int port) throws IOException, InterruptedException {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .timeout(Duration.ofSeconds(5))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    return new Exposition(response.body());
  }

  List<Sample> samples() {
    return text.lines().filter(line -> !line.startsWith("#")).map(Exposition::sample).toList();
  }

  private static Sample sample(String line) {
    Matcher matcher = SAMPLE.matcher(line);
    assertThat(matcher.matches()).as(line).isTrue();
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(Optional.ofNullable(matcher.group(2)).orElse(""));
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    return new Sample(matcher.group(1), labels, Double.parseDouble(matcher.group(3)));
  }

  /** Type by name of the metric. */
  Map<String, String> types() {
    return text.lines()
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" ", -1))
        .collect(Collectors.toMap(parts -> parts[2], parts -> parts[3], (a, b) -> a, TreeMap::new));
  }

  /** The sum of the series of this name that have these labels. */
  double sum(String name, Map<String, String> labels) {
    assertThat(samples()).as(name).anyMatch(sample -> sample.name().equals(name));
    return samples().stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet()))
        .mapToDouble(Sample::value)
        .sum();
  }

  /** The sum of all series of this name. */
  double sum(String name) {
    return sum(name, Map.of());
  }

  /** Has Prometheus' own parser read it, and judge the names. */
  void assertGoodForPrometheus() throws IOException, InterruptedException {
    Process install =
        new ProcessBuilder(Project.root().resolve("e2e/metrics/install").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String promtool =
        new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(install.waitFor()).as("e2e/metrics/install").isZero();
    Process check =
        new ProcessBuilder(promtool, "check", "metrics").redirectErrorStream(true).start();
    try (var in = check.getOutputStream()) {
      in.write(text.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
  }
}
