package io.mdevmigration.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.slf4j.MDC;

/**
 * One JSON object a line: {@code time}, {@code level}, {@code logger}, {@code thread}, {@code
 * message}, with a failure {@code error}, and what the line is {@link About}.
 */
final class JsonLines extends Formatter {
  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public String format(LogRecord logged) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", logged.getInstant().toString());
      json.writeStringField("level", LogLevel.of(logged).toString());
      json.writeStringField("logger", String.valueOf(logged.getLoggerName()));
      // A record is formatted on the thread that logs it.
      json.writeStringField("thread", Thread.currentThread().getName());
      json.writeStringField("message", String.valueOf(logged.getMessage()));
      if (logged.getThrown() != null) {
        json.writeStringField("error", TextLines.stack(logged.getThrown()));
      }
      for (Map.Entry<String, String> fact : about().entrySet()) {
        json.writeStringField(fact.getKey(), fact.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot be written to", e);
    }
    return line + "\n";
  }

  private static Map<String, String> about() {
    return Optional.ofNullable(MDC.getCopyOfContextMap())
        .map(facts -> (Map<String, String>) new TreeMap<>(facts))
        .orElse(Map.of());
  }
}
