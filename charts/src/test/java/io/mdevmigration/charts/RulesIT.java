package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The alerts, read and tried by Prometheus' own tool. */
class RulesIT {
  private static final Path TESTS = Project.root().resolve("charts/rules-test.yaml");
  private static final Pattern ALERT = Pattern.compile("ALERTS\\{alertname=\"(\\w+)\"");
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
  void eachAlertIsSeenBothFiringAndSilent() throws IOException {
    Set<String> firing = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    for (JsonNode test : Chart.yaml(Files.readString(TESTS)).get("tests")) {
      for (JsonNode expression : test.get("promql_expr_test")) {
        Matcher alert = ALERT.matcher(expression.get("expr").asText());
        if (alert.lookingAt()) {
          (expression.get("exp_samples").isEmpty() ? silent : firing).add(alert.group(1));
        }
      }
    }
    List<String> alerts =
        MetricNamesTest.alerts().map(alert -> alert.get("alert").asText()).toList();
    assertThat(firing).containsExactlyInAnyOrderElementsOf(alerts);
    assertThat(silent).containsExactlyInAnyOrderElementsOf(alerts);
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
