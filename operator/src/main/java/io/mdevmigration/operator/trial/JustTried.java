package io.mdevmigration.operator.trial;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.ClassOnDriver;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * Classes that a node has just tried on a driver while it goes on with others: the driver's nodes
 * are asked about all of them in one patch each, instead of once more as each trial ends. They wait
 * only while one trial after the other ends, and for a while at most. All of this is memory: what a
 * restart forgets waits no longer.
 */
final class JustTried {
  private final Fleet fleet;
  private final BiPredicate<String, ClassOnDriver> tries;
  private final TrialPeriods periods;
  private final Map<ClassOnDriver, End> ends = new ConcurrentHashMap<>();

  /** When a trial last ended there. */
  private final Map<Trier, Instant> lastEnds = new ConcurrentHashMap<>();

  private record Trier(String node, String driver) {}

  /** Who tried, and when that ended. */
  private record End(Trier trier, Instant time) {}

  /**
   * None yet.
   *
   * @param tries whether a trial is recorded as going on, by its node's name
   * @param periods how long a class waits for others
   */
  JustTried(Fleet fleet, BiPredicate<String, ClassOnDriver> tries, TrialPeriods periods) {
    this.fleet = fleet;
    this.tries = tries;
    this.periods = periods;
  }

  /** Notes which of these pairs a node has tried that goes on with others of the same driver. */
  void changed(Collection<ClassOnDriver> pairs, String node, Instant now) {
    ends.values().removeIf(end -> left(end, now).isZero());
    lastEnds.values().removeIf(end -> left(end, periods.next(), now).isZero());
    for (ClassOnDriver pair : pairs) {
      Trier trier = new Trier(node, pair.driver());
      if (fleet.isTried(pair) && triesMore(trier)) {
        ends.putIfAbsent(pair, new End(trier, now));
        lastEnds.put(trier, now);
      }
    }
  }

  /**
   * For how long at most a node's checks may stay as they are.
   *
   * @param decided what they are to be
   * @return empty if they change in anything but classes just tried, or nothing is waited for
   */
  Optional<Duration> maxWait(NodeReport report, List<Check> decided, Instant now) {
    if (ends.isEmpty() || takesAway(report.checks(), decided)) {
      return Optional.empty();
    }
    Set<Check> before = new HashSet<>(report.checks());
    Set<Trier> triers = new HashSet<>();
    Duration wait = periods.together();
    for (Check check : decided) {
      if (!before.contains(check)) {
        Optional<End> end = Optional.ofNullable(ends.get(pair(check)));
        Duration left = end.map(e -> left(e, now)).orElse(Duration.ZERO);
        if (left.isZero()) {
          return Optional.empty();
        }
        wait = shorter(left, wait);
        triers.add(end.orElseThrow().trier());
      }
    }
    // Looked at again a moment later, the wait is over.
    return !triers.isEmpty() && triers.stream().allMatch(this::triesMore)
        ? Optional.of(wait.plusMillis(1))
        : Optional.empty();
  }

  private static boolean takesAway(List<Check> before, List<Check> after) {
    return !classes(after).containsAll(classes(before));
  }

  private static Set<MdevClass> classes(List<Check> checks) {
    return checks.stream().map(Check::mdevClass).collect(Collectors.toSet());
  }

  private static ClassOnDriver pair(Check check) {
    return new ClassOnDriver(check.type(), check.mdevClass().digest(), check.driver());
  }

  /** Whether a trial of the node goes on, and not only a check is left of one. */
  private boolean triesMore(Trier trier) {
    return fleet.report(trier.node()).stream()
        .flatMap(report -> report.checks().stream())
        .filter(check -> check.triesFirst() && trier.driver().equals(check.driver()))
        .map(JustTried::pair)
        .anyMatch(pair -> !fleet.isTried(pair) && tries.test(trier.node(), pair));
  }

  /** Zero when it is over. */
  private Duration left(End end, Instant now) {
    Instant last = lastEnds.getOrDefault(end.trier(), end.time());
    return shorter(left(end.time(), periods.together(), now), left(last, periods.next(), now));
  }

  /** Zero when it is over; a time that lies ahead comes from a clock that was put back since. */
  private static Duration left(Instant since, Duration period, Instant now) {
    Duration left = Duration.between(now, since.plus(period));
    return left.isNegative() || left.compareTo(period) > 0 ? Duration.ZERO : left;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
