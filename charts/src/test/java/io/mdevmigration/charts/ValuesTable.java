package io.mdevmigration.charts;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of a chart, with the comment that stands above each: a key with a comment is a value,
 * and one without is a group of values.
 *
 * @param rows in the order of the file
 */
record ValuesTable(List<Row> rows) {
  private static final Pattern KEY = Pattern.compile("( *)([A-Za-z]+):.*");
  private static final String BEGIN = "<!-- values: generated from values.yaml -->\n";
  private static final String END = "<!-- end of values -->\n";

  /**
   * One value.
   *
   * @param path such as operator.image.tag
   * @param byDefault its default, as JSON
   * @param comment what the file says about it
   */
  record Row(String path, String byDefault, String comment) {}

  private record Level(int indent, String key) {}

  ValuesTable {
    rows = List.copyOf(rows);
  }

  static ValuesTable of(String text) {
    JsonNode values = Chart.yaml(requireNonNull(text, "text"));
    List<Row> rows = new ArrayList<>();
    Deque<Level> path = new ArrayDeque<>();
    int within = Integer.MAX_VALUE;
    String comment = "";
    for (String line : text.lines().toList()) {
      Matcher key = KEY.matcher(line);
      if (line.strip().startsWith("# ")) {
        comment = line.strip().substring(2);
      } else if (key.matches() && key.group(1).length() <= within) {
        int indent = key.group(1).length();
        while (!path.isEmpty() && path.getLast().indent() >= indent) {
          path.removeLast();
        }
        path.addLast(new Level(indent, key.group(2)));
        within = Integer.MAX_VALUE;
        if (!comment.isEmpty()) {
          List<String> keys = path.stream().map(Level::key).toList();
          rows.add(
              new Row(
                  String.join(".", keys),
                  values.at("/" + String.join("/", keys)).toString(),
                  comment));
          // What is below a value belongs to it.
          within = indent;
        }
        comment = "";
      } else if (line.isBlank()) {
        comment = "";
      }
    }
    return new ValuesTable(rows);
  }

  /**
   * A README with this table in its place.
   *
   * @throws IllegalArgumentException if it has no place for it
   */
  String insertedInto(String readme) {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "the README lacks the lines " + BEGIN.strip() + " and " + END.strip());
    }
    StringBuilder table = new StringBuilder("| value | default | |\n|---|---|---|\n");
    for (Row row : rows) {
      table.append(
          "| `%s` | `%s` | %s |%n"
              .formatted(row.path(), row.byDefault(), row.comment().replace("|", "\\|")));
    }
    return readme.substring(0, begin + BEGIN.length()) + table + readme.substring(end);
  }
}
