package io.mdevmigration.telemetry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a program logs, and how. */
public final class LogOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "${env:MDEV_LOG_FORMAT:-text}",
      description = "text, or json: one object a line (default: $MDEV_LOG_FORMAT, else text).")
  private String format;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      split = ",",
      defaultValue = "${env:MDEV_LOG_LEVEL:-info}",
      description =
          "off, error, warn, info, debug or trace; for a library CLASS=LEVEL or PACKAGE=LEVEL, for"
              + " example info,io.fabric8=debug (default: $MDEV_LOG_LEVEL, else info). What would"
              + " log credentials stays off.")
  private List<String> levels;

  /**
   * Logs like this from now on.
   *
   * @throws ParameterException if there is no such format or level
   */
  public void begin() {
    LogLevel own = LogLevel.INFO;
    Map<String, LogLevel> others = new LinkedHashMap<>();
    for (String each : levels) {
      int equals = each.indexOf('=');
      LogLevel level = constant(LogLevel.class, "--log-level", each.substring(equals + 1));
      if (equals < 0) {
        own = level;
      } else {
        others.put(each.substring(0, equals), level);
      }
    }
    Logs.begin(constant(LogFormat.class, "--log-format", format), own, others);
  }

  private <E extends Enum<E>> E constant(Class<E> type, String option, String text) {
    try {
      return Enum.valueOf(type, text.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "%s '%s' is none of %s"
              .formatted(
                  option,
                  text,
                  List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT)),
          e);
    }
  }
}
