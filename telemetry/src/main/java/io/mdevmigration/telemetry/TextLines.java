package io.mdevmigration.telemetry;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One line for each thing that is logged, and the stack behind a failure below it. What others have
 * written, in a message of the API server for example, begins no line of its own.
 */
final class TextLines extends Formatter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());

  @Override
  public String format(LogRecord logged) {
    String name = String.valueOf(logged.getLoggerName());
    return TIME.format(logged.getInstant())
        + " "
        + LogLevel.of(logged)
        + " "
        + name.substring(name.lastIndexOf('.') + 1)
        + " - "
        + oneLine(String.valueOf(logged.getMessage()))
        + System.lineSeparator()
        + stack(logged.getThrown());
  }

  private static String oneLine(String message) {
    return message.chars().noneMatch(Character::isISOControl)
        ? message
        : message
            .chars()
            .mapToObj(
                c -> Character.isISOControl(c) ? "\\x%02x".formatted(c) : Character.toString(c))
            .collect(java.util.stream.Collectors.joining());
  }

  /** With its line breaks; empty if there is none. */
  static String stack(Throwable thrown) {
    if (thrown == null) {
      return "";
    }
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
