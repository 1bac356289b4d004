package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The alerts, read and tried by Prometheus' own tool. */
class RulesIT {
  private static final Path TESTS = Project.root().resolve("charts/rules-test.yaml");
  private static String promtool;

  @BeforeAll
  static void install() throws Exception {
    promtool = run(List.of(Project.root().resolve("e2e/metrics/install").toString()));
    assertThat(promtool).as("e2e/metrics/install").isNotEmpty();
  }

  @Test
  void prometheusTakesTheRules() throws Exception {
    String rules = Chart.SHIPPED.folder().resolve("files/rules.yaml").toString();
    assertThat(run(List.of(promtool, "check", "rules", rules))).contains("SUCCESS");
  }

  @Test
  void anAlertFiresWhenItShouldAndOnlyThen() throws Exception {
    assertThat(run(List.of(promtool, "test", "rules", TESTS.toString()))).contains("SUCCESS");
  }

  @Test
  void noAlertIsUntried() throws IOException {
    Set<String> tried =
        Pattern.compile("ALERTS\\{alertname=\"(\\w+)\"[^}]*severity")
            .matcher(Files.readString(TESTS))
            .results()
            .map(alert -> alert.group(1))
            .collect(Collectors.toSet());
    assertThat(MetricNamesTest.alerts().map(alert -> alert.get("alert").asText()))
        .allSatisfy(alert -> assertThat(tried).contains(alert));
  }

  /** What the command wrote to its standard output; empty if it failed. */
  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return process.waitFor() == 0 ? text : "";
  }
}
