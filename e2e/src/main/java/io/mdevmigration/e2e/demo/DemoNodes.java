package io.mdevmigration.e2e.demo;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The demo's nodes. A driver of generation n has the version A-v«n» for its type sample-A, and
 * takes that and A-v«n-1»: what is older can move to what is one newer, never back.
 */
interface DemoNodes extends AutoCloseable {
  /** The one type that all drivers offer. */
  String TYPE = "sample-A";

  /** Reloads the driver of a node in another generation. */
  void upgrade(String node, int generation);

  @Override
  void close();

  /** The version string of a generation. */
  static String version(int generation) {
    return "A-v" + generation;
  }

  /** The version strings that a generation takes. */
  static List<String> accepted(int generation) {
    return IntStream.rangeClosed(Math.max(1, generation - 1), generation)
        .mapToObj(DemoNodes::version)
        .toList();
  }
}
