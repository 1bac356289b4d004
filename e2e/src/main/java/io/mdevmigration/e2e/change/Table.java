package io.mdevmigration.e2e.change;

import io.mdevmigration.e2e.controlplane.AuditEntries;
import io.mdevmigration.e2e.controlplane.AuditEntry;
import io.mdevmigration.e2e.operator.OperatorProcess;
import java.time.Duration;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** What was measured, as text. */
record Table(List<Measured> measured) {
  private static final String ROW = "%-34s %6s %6s %6s %6s %6s   ";
  private static final String WRITES = "%7s %7s %7s %9s %7s %7s%n";

  Table {
    measured = List.copyOf(measured);
  }

  /** A line for each kind of change, and two that say what the columns are. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(ROW.formatted("change", "count", "p50", "p90", "p99", "max"));
    text.append(WRITES.formatted("answers", "checks", "labels", "statuses", "events", "kernel"));
    Kind.all()
        .forEach(
            kind -> {
              List<Measured> ofKind =
                  measured.stream().filter(one -> one.kind().equals(kind)).toList();
              if (!ofKind.isEmpty()) {
                text.append(times(kind.toString(), ofKind, Measured::right));
                text.append(writes(ofKind));
              }
            });
    return text.toString();
  }

  /** How soon the labels went that had to go, of the changes that had such. */
  String removals() {
    List<Measured> removals =
        measured.stream().filter(one -> one.kind().labels() != Kind.Labels.COME).toList();
    return removals.isEmpty()
        ? ""
        : times("wrong labels are gone", removals, Measured::nothingWrong).stripTrailing()
            + System.lineSeparator();
  }

  /** One line about all changes. */
  String summary() {
    List<Duration> times = sorted(measured, Measured::right);
    return "%d changes, p50 %d ms, p99 %d ms"
        .formatted(measured.size(), percentile(times, 50), percentile(times, 99));
  }

  private static String times(String what, List<Measured> some, Function<Measured, Duration> time) {
    List<Duration> times = sorted(some, time);
    return ROW.formatted(
        what,
        times.size(),
        percentile(times, 50),
        percentile(times, 90),
        percentile(times, 99),
        percentile(times, 100));
  }

  private static String writes(List<Measured> some) {
    return WRITES.formatted(
        range(some, one -> one.requests().byUserAgent(Ledger.DAEMON).size()),
        range(some, one -> byOperator(one).of("mdevnodestates").size()),
        range(some, one -> byOperator(one).of("nodes").size()),
        range(some, one -> byOperator(one).of("migrationcompatibilities").size()),
        range(some, one -> byOperator(one).where(AuditEntry::isEvent).size()),
        range(some, Measured::kernelWrites));
  }

  private static AuditEntries byOperator(Measured one) {
    return one.requests().byUserAgent(OperatorProcess.USER_AGENT);
  }

  private static String range(List<Measured> some, ToIntFunction<Measured> count) {
    IntSummaryStatistics counts = some.stream().mapToInt(count).summaryStatistics();
    return counts.getMin() == counts.getMax()
        ? String.valueOf(counts.getMin())
        : counts.getMin() + "-" + counts.getMax();
  }

  private static List<Duration> sorted(List<Measured> some, Function<Measured, Duration> time) {
    return some.stream().map(time).sorted().toList();
  }

  /**
   * The least time, in ms, that at least so many in a hundred do not exceed.
   *
   * @param sorted one at least
   * @param percent 1 to 100
   */
  static long percentile(List<Duration> sorted, int percent) {
    int rank = (sorted.size() * percent + 99) / 100;
    return sorted.get(rank - 1).toMillis();
  }
}
