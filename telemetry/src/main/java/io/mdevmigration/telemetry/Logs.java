package io.mdevmigration.telemetry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Where the log goes, to the standard error, and what gets there. */
public final class Logs {
  /** This project's own classes. */
  static final String OWN = "io.mdevmigration";

  /** Said by libraries where there is nothing to be done about it. */
  private static final Map<String, Level> QUIET =
      Map.of(
          // Warns of every API version that is not v1, this project's own included.
          "io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils", Level.SEVERE,
          // What fails about the lease is told in one line instead of a trace every two seconds.
          "io.fabric8.kubernetes.client.extended.leaderelection", Level.SEVERE);

  /**
   * These log every header of a request, the bearer token among them: off, whatever else is turned
   * on.
   */
  private static final List<String> NEVER =
      List.of(
          "io.fabric8.kubernetes.client.http.HttpLoggingInterceptor", "jdk.httpclient.HttpClient");

  /** The JDK forgets the level of a logger that nobody holds on to. */
  @SuppressWarnings("UnusedVariable")
  private static List<Logger> held = List.of();

  private Logs() {}

  /**
   * Has the log last until the process has ended. To be called before anything makes a logger; the
   * JDK does not ask again.
   */
  public static void last() {
    System.setProperty("java.util.logging.manager", LastingLogManager.class.getName());
  }

  /**
   * Logs like this from now on.
   *
   * @param level of this project's own classes
   * @param others levels by the name of a class or package; libraries say warnings otherwise
   */
  public static synchronized void begin(
      LogFormat format, LogLevel level, Map<String, LogLevel> others) {
    Handler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(format.formatter());
    Logger root = Logger.getLogger("");
    Stream.of(root.getHandlers()).forEach(root::removeHandler);
    root.addHandler(handler);
    Map<String, Level> levels = new LinkedHashMap<>(QUIET);
    levels.put("", Level.WARNING);
    levels.put(OWN, level.level());
    others.forEach((name, each) -> levels.put(name, each.level()));
    NEVER.forEach(name -> levels.put(name, Level.OFF));
    held = levels.entrySet().stream().map(entry -> set(entry.getKey(), entry.getValue())).toList();
  }

  private static Logger set(String name, Level level) {
    Logger logger = Logger.getLogger(name);
    logger.setLevel(level);
    return logger;
  }
}
