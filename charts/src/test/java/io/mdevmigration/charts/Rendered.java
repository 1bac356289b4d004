package io.mdevmigration.charts;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One object that Helm made of the chart.
 *
 * @param template the file that it comes from, below the chart's folder templates
 * @param text as Helm wrote it, without the line that names the template
 * @param object the same, read
 */
record Rendered(String template, String text, JsonNode object) {
  String kind() {
    return object.path("kind").asText();
  }

  String name() {
    return object.at("/metadata/name").asText();
  }

  /** Kind and name, for messages. */
  String id() {
    return kind() + " " + name();
  }
}
