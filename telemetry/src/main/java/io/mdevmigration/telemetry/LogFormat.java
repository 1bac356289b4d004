package io.mdevmigration.telemetry;

import java.util.logging.Formatter;

/** How a line of the log looks. */
public enum LogFormat {
  /** For people: time, level, who says it, and a sentence. */
  TEXT,
  /** For programs: one JSON object a line. */
  JSON;

  Formatter formatter() {
    return this == TEXT ? new TextLines() : new JsonLines();
  }
}
