package io.mdevmigration.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mdevmigration.e2e.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts and dashboard use what docs/metrics.md says that there is. */
class MetricNamesTest {
  private static final Pattern NAME = Pattern.compile("mdev_(?:operator|node)_[a-z_]+[a-z]");

  /** A series that a rule records: level, metric, operation. */
  private static final Pattern RECORDED =
      Pattern.compile("([a-z_]+):(mdev_(?:operator|node)_[a-z_]+):[a-z0-9]+");

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (`mdev_[^|]*) \\| (counter|gauge|histogram|summary) \\|([^|]*)\\|");
  private static final Pattern SELECTOR =
      Pattern.compile("(mdev_(?:operator|node)_[a-z_]+)\\{([^}]*)}");
  private static final Pattern MATCHED_LABEL = Pattern.compile("([a-z_]+) *(?:=~|!~|!=|=) *\"");

  /** Labels that a scrape adds. */
  private static final Set<String> OF_THE_SCRAPE = Set.of("namespace", "pod", "instance", "node");

  @ParameterizedTest
  @ValueSource(strings = {"files/rules.yaml", "files/dashboard.json"})
  void everyMetricIsInTheDocumentation(String file) throws IOException {
    Set<String> documented = documented();
    assertThat(documented).hasSizeGreaterThan(40);
    String text = RECORDED.matcher(Chart.SHIPPED.text(file)).replaceAll("");
    assertThat(names(text)).isNotEmpty().isSubsetOf(documented);
  }

  @Test
  void whatIsRecordedIsDocumentedUsedAndCalledByItsLabels() throws IOException {
    Set<String> recorded = new TreeSet<>();
    rules()
        .filter(rule -> rule.has("record"))
        .forEach(
            rule -> {
              String series = rule.get("record").asText();
              assertThat(series).matches(RECORDED);
              assertThat(rule.get("expr").asText())
                  .as(series)
                  .contains(
                      " by (%s) "
                          .formatted(series.substring(0, series.indexOf(':')).replace("_", ", ")));
              recorded.add(series);
            });
    assertThat(recorded)
        .isNotEmpty()
        .isEqualTo(recordedIn(Files.readString(Project.root().resolve("docs/metrics.md"))));
    Set<String> used = recordedIn(Chart.SHIPPED.text("files/dashboard.json"));
    rules()
        .filter(rule -> rule.has("alert"))
        .forEach(rule -> used.addAll(recordedIn(rule.get("expr").asText())));
    assertThat(used).isEqualTo(recorded);
  }

  private static Set<String> recordedIn(String text) {
    return RECORDED
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"files/rules.yaml", "files/dashboard.json"})
  void aLabelIsOnlySelectedWhereTheMetricHasIt(String file) throws IOException {
    String text = Chart.SHIPPED.text(file).replace("\\\"", "\"");
    List<MatchResult> selectors = SELECTOR.matcher(text).results().toList();
    assertThat(selectors).isNotEmpty();
    for (MatchResult selector : selectors) {
      Set<String> known = labelsOf(selector.group(1));
      MATCHED_LABEL
          .matcher(selector.group(2))
          .results()
          .map(label -> label.group(1))
          .filter(label -> !OF_THE_SCRAPE.contains(label))
          .forEach(label -> assertThat(known).as(selector.group()).contains(label));
    }
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void anAlertSaysWhatItMeansAndWhatToDo(JsonNode alert) {
    assertThat(alert.at("/labels/severity").asText()).isIn("info", "warning", "critical");
    for (String text : List.of("summary", "description", "runbook")) {
      assertThat(alert.at("/annotations/" + text).asText()).as(text).hasSizeGreaterThan(20);
    }
  }

  static Stream<JsonNode> alerts() {
    return rules().filter(rule -> rule.has("alert"));
  }

  private static Stream<JsonNode> rules() {
    List<JsonNode> rules = new ArrayList<>();
    Chart.yaml(Chart.SHIPPED.text("files/rules.yaml"))
        .get("groups")
        .forEach(group -> group.get("rules").forEach(rules::add));
    return rules.stream();
  }

  @Test
  void eachPanelOfTheDashboardAsksSomethingAndHasItsOwnPlace() {
    List<JsonNode> panels = new ArrayList<>();
    Chart.yaml(Chart.SHIPPED.text("files/dashboard.json"))
        .get("panels")
        .forEach(
            panel -> {
              if (!panel.get("type").asText().equals("row")) {
                panels.add(panel);
              }
            });
    assertThat(panels)
        .allSatisfy(panel -> assertThat(panel.at("/targets/0/expr").asText()).contains("mdev_"));
    assertThat(panels)
        .extracting(panel -> panel.at("/gridPos/x") + " " + panel.at("/gridPos/y"))
        .doesNotHaveDuplicates();
  }

  private static Set<String> names(String text) {
    return NAME.matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> documented() throws IOException {
    Set<String> names = new TreeSet<>();
    rows()
        .forEach(
            row -> {
              for (String name : names(row.group(1))) {
                for (String suffix : suffixes(row.group(2))) {
                  names.add(name + suffix);
                }
              }
            });
    return names;
  }

  /** What stands behind the name in the series of a metric of this type. */
  private static List<String> suffixes(String type) {
    return switch (type) {
      case "histogram" -> List.of("_bucket", "_sum", "_count", "_max");
      case "summary" -> List.of("_sum", "_count", "_max");
      default -> List.of("");
    };
  }

  private static Set<String> labelsOf(String metric) throws IOException {
    return rows()
        .filter(
            row ->
                names(row.group(1)).stream()
                    .anyMatch(
                        name ->
                            suffixes(row.group(2)).stream()
                                .anyMatch(suffix -> metric.equals(name + suffix))))
        .flatMap(row -> Pattern.compile("`([a-z]+)`").matcher(row.group(3)).results())
        .map(label -> label.group(1))
        .collect(Collectors.toSet());
  }

  private static Stream<MatchResult> rows() throws IOException {
    return ROW.matcher(Files.readString(Project.root().resolve("docs/metrics.md"))).results();
  }
}
