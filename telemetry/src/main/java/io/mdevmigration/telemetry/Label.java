package io.mdevmigration.telemetry;

import static java.util.Objects.requireNonNull;

/**
 * A label of a metric. Its values are the constants of an enum, so that none of them is ever the
 * name of a node, a type or anything else of which a fleet may have any number.
 *
 * @param name as it is shown
 * @param values what it can be
 */
public record Label<E extends Enum<E>>(String name, Class<E> values) {
  public Label {
    requireNonNull(name, "name");
    requireNonNull(values, "values");
  }

  /** The value as it is shown: the constant's own text, else its name, {@code LikeThis}. */
  static String text(Enum<?> value) {
    if (!value.toString().equals(value.name())) {
      return value.toString();
    }
    StringBuilder text = new StringBuilder();
    for (String word : value.name().split("_", -1)) {
      text.append(word, 0, 1).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return text.toString();
  }
}
