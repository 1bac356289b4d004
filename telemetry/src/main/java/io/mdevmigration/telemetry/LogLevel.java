package io.mdevmigration.telemetry;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** How much is logged, from the least to the most. */
public enum LogLevel {
  /** Nothing. */
  OFF,
  /** What somebody has to do something about. */
  ERROR,
  /** What may need somebody. */
  WARN,
  /** What an admin would ask about: each decision. */
  INFO,
  /** What led to it. */
  DEBUG,
  /** Everything. */
  TRACE;

  /** The JDK's word for it. */
  Level level() {
    return switch (this) {
      case OFF -> Level.OFF;
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINEST;
    };
  }

  /** How grave this is. */
  static LogLevel of(LogRecord logged) {
    int grave = logged.getLevel().intValue();
    return List.of(ERROR, WARN, INFO, DEBUG).stream()
        .filter(each -> grave >= each.level().intValue())
        .findFirst()
        .orElse(TRACE);
  }
}
