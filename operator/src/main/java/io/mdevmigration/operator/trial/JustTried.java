package io.mdevmigration.operator.trial;

import static java.util.function.Predicate.not;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.ClassOnDriver;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Classes that have just been tried on a driver while others are still being tried on it: its nodes
 * are asked about all of them in one patch each, instead of once more as each trial ends. They wait
 * only while one trial after the other ends, and for a while at most. All of this is memory: what a
 * restart forgets waits no longer.
 */
final class JustTried {
  private final BiPredicate<String, Predicate<String>> isTrying;
  private final TrialPeriods periods;

  /** When the trial of a class ended. */
  private final Map<ClassOnDriver, Instant> ends = new ConcurrentHashMap<>();

  /** When a trial last ended, by driver. */
  private final Map<String, Instant> lastEnds = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param isTrying whether a trial of some of these types is going on on a driver, by its identity
   * @param periods how long a class waits for others
   */
  JustTried(BiPredicate<String, Predicate<String>> isTrying, TrialPeriods periods) {
    this.isTrying = isTrying;
    this.periods = periods;
  }

  /** Notes that trials have ended, as far as others go on on the same drivers. */
  void ended(Collection<ClassOnDriver> pairs, Instant now) {
    ends.keySet().removeIf(pair -> left(pair, now).isZero());
    lastEnds.values().removeIf(end -> left(end, periods.next(), now).isZero());
    for (ClassOnDriver pair : pairs) {
      if (isTrying.test(pair.driver(), type -> true)) {
        ends.putIfAbsent(pair, now);
        lastEnds.put(pair.driver(), now);
      }
    }
  }

  /** Whether a class has been tried so lately that its nodes may still wait. */
  boolean remembers(ClassOnDriver pair) {
    return ends.containsKey(pair);
  }

  /**
   * For how long at most a node's checks may stay as they are.
   *
   * @param decided what they are to be
   * @return empty if they change in anything but classes just tried there or new to the node, or
   *     nothing is waited for
   */
  Optional<Duration> maxWait(NodeReport report, List<Check> decided, Instant now) {
    if (ends.isEmpty() || takesAway(report.checks(), decided)) {
      return Optional.empty();
    }
    Set<Check> before = new HashSet<>(report.checks());
    Set<MdevClass> asked = classes(report.checks().stream().filter(not(Check::triesFirst)));
    Set<String> drivers = new HashSet<>();
    Duration wait = periods.together();
    for (Check check : decided) {
      if (!before.contains(check)) {
        Duration left = left(pair(check), now);
        if (left.isZero() || asked.contains(check.mdevClass())) {
          return Optional.empty();
        }
        wait = shorter(left, wait);
        drivers.add(check.driver());
      }
    }
    // Looked at again a moment later, the wait is over.
    return !drivers.isEmpty() && drivers.stream().allMatch(driver -> isTrying(driver, report))
        ? Optional.of(wait.plusMillis(1))
        : Optional.empty();
  }

  /** Whether something is being tried on a driver that it serves on this node. */
  private boolean isTrying(String driver, NodeReport report) {
    return isTrying.test(driver, type -> report.driverOf(type).equals(Optional.of(driver)));
  }

  private static boolean takesAway(List<Check> before, List<Check> after) {
    return !classes(after.stream()).containsAll(classes(before.stream()));
  }

  private static Set<MdevClass> classes(Stream<Check> checks) {
    return checks.map(Check::mdevClass).collect(Collectors.toSet());
  }

  private static ClassOnDriver pair(Check check) {
    return new ClassOnDriver(check.type(), check.mdevClass().digest(), check.driver());
  }

  /** Zero when it is over, or has not just been tried. */
  private Duration left(ClassOnDriver pair, Instant now) {
    Instant end = ends.get(pair);
    if (end == null) {
      return Duration.ZERO;
    }
    Instant last = lastEnds.getOrDefault(pair.driver(), end);
    return shorter(left(end, periods.together(), now), left(last, periods.next(), now));
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
