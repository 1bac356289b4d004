package io.mdevmigration.e2e.bench;

import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often and how long a JVM's threads stood still for its garbage collector.
 *
 * @param count how often
 * @param totalMillis all of it, ms
 * @param longestMillis the longest pause, ms; 0 if there was none
 */
record GcPauses(long count, double totalMillis, double longestMillis) {
  /** What goes on beside the program's threads, such as a concurrent mark, is no pause. */
  private static final Pattern PAUSE = Pattern.compile("GC\\(\\d+\\) Pause .* ([0-9.]+)ms$");

  /** Reads them from the lines of a log of -Xlog:gc, whichever the collector and decorations. */
  static GcPauses parse(List<String> lines) {
    DoubleSummaryStatistics millis =
        lines.stream()
            .map(PAUSE::matcher)
            .filter(Matcher::find)
            .mapToDouble(pause -> Double.parseDouble(pause.group(1)))
            .summaryStatistics();
    return new GcPauses(millis.getCount(), millis.getSum(), Math.max(0, millis.getMax()));
  }
}
