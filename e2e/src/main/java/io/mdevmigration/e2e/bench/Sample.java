package io.mdevmigration.e2e.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One series of a metric with labels, as Prometheus' text format has it.
 *
 * @param labels by name
 */
record Sample(Map<String, String> labels, double value) {
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  Sample {
    labels = Map.copyOf(labels);
  }

  /** All series of a metric. */
  static Stream<Sample> of(String name, String metrics) {
    Pattern line = Pattern.compile(Pattern.quote(name) + "\\{([^}]*)} ([0-9.e+]+)");
    return metrics
        .lines()
        .map(line::matcher)
        .filter(Matcher::matches)
        .map(match -> new Sample(labels(match.group(1)), Double.parseDouble(match.group(2))));
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> named = new TreeMap<>();
    LABEL.matcher(text).results().forEach(label -> named.put(label.group(1), label.group(2)));
    return named;
  }

  /** A label's value; empty if it has none. */
  String label(String name) {
    return labels.getOrDefault(name, "");
  }
}
