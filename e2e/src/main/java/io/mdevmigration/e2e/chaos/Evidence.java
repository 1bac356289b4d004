package io.mdevmigration.e2e.chaos;

import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.chaos.Journal.Entry;
import io.mdevmigration.e2e.chaos.Journal.Listed;
import io.mdevmigration.e2e.chaos.Journal.Saw;
import io.mdevmigration.e2e.chaos.Journal.Sent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a failed run leaves behind for a closer look: what passed, and what every thread does. */
final class Evidence {
  private final StringBuilder threads = new StringBuilder();

  /** Notes what every thread does at this moment; only the first moment counts. */
  void threads() {
    if (threads.isEmpty()) {
      Map<String, String> sorted = new TreeMap<>();
      Thread.getAllStackTraces()
          .forEach(
              (thread, stack) -> {
                StringBuilder lines = new StringBuilder();
                for (StackTraceElement element : stack) {
                  lines.append("    ").append(element).append('\n');
                }
                String name = thread.getName() + " (" + thread.getState() + ")\n";
                sorted.merge(name, lines.toString(), (a, b) -> a + "  and\n" + b);
              });
      sorted.forEach((name, lines) -> threads.append(name).append(lines));
    }
  }

  /**
   * Writes a file.
   *
   * @param begin {@link System#nanoTime()} when the run began
   */
  void write(Schedule schedule, List<Entry> entries, long begin) {
    Path file = file(schedule.seed());
    try {
      Files.createDirectories(file.getParent());
      try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
        for (Entry entry : entries) {
          out.printf(
              "%+d ms %s %s%n", (entry.at() - begin) / 1_000_000, entry.sender(), text(entry));
        }
        out.println();
        out.print(threads);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the evidence of a run is. */
  static Path file(long seed) {
    return Project.root().resolve("e2e/target/chaos/seed-" + seed + ".txt");
  }

  private static String text(Entry entry) {
    if (entry instanceof Saw saw) {
      String what = saw.object().isPresent() ? "was sent" : "was told of the end of";
      return "%s %s %s, version %d".formatted(what, saw.resource(), saw.name(), saw.version());
    }
    if (entry instanceof Listed listed) {
      return "was sent all %s, version %d: %s"
          .formatted(listed.resource(), listed.version(), listed.names());
    }
    return "asked: " + ((Sent) entry).request();
  }
}
