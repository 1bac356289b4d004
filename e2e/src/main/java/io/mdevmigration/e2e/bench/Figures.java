package io.mdevmigration.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was measured, in the order of measuring. Not thread-safe. */
final class Figures {
  /**
   * A figure.
   *
   * @param what says what it is, with its unit
   * @param budget what design and documents allow; empty if nothing is said
   */
  private record Figure(String what, double value, String budget) {}

  private final Map<String, Figure> figures = new LinkedHashMap<>();

  /** Notes a figure under a name for programs. */
  void put(String name, String what, Number value) {
    put(name, what, value, "");
  }

  /** Notes a figure that has a budget. */
  void put(String name, String what, Number value, String budget) {
    figures.put(name, new Figure(what, Math.round(value.doubleValue() * 1000) / 1000.0, budget));
  }

  /** Whether a figure was noted. */
  boolean has(String name) {
    return figures.containsKey(name);
  }

  /**
   * A figure that was noted.
   *
   * @throws IllegalArgumentException if it was not
   */
  double get(String name) {
    if (!has(name)) {
      throw new IllegalArgumentException("no figure " + name);
    }
    return figures.get(name).value();
  }

  /** A line for each figure, with its budget. */
  String table() {
    StringBuilder text =
        new StringBuilder("%-66s %12s   %s%n".formatted("figure", "measured", "budget"));
    figures
        .values()
        .forEach(
            figure ->
                text.append(
                    "%-66s %12s   %s%n"
                        .formatted(figure.what(), plain(figure.value()), figure.budget())));
    return text.toString();
  }

  /** One JSON object in one line. */
  String json() {
    Map<String, Number> values = new LinkedHashMap<>();
    figures.forEach((name, figure) -> values.put(name, number(figure.value())));
    try {
      return new ObjectMapper().writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers could not be written", e);
    }
  }

  private static Number number(double value) {
    if (value == Math.rint(value)) {
      return (long) value;
    }
    return value;
  }

  private static String plain(double value) {
    return number(value).toString();
  }
}
