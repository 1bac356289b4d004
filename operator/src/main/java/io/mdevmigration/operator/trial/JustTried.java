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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Classes that a node has just tried on a driver while it goes on with others: the driver's nodes
 * are asked about all of them in one patch each, instead of once more as each trial ends. Each
 * class waits for a while at most. Memory alone: after a restart none waits.
 */
final class JustTried {
  private final Fleet fleet;
  private final Duration longest;
  private final Map<ClassOnDriver, End> ends = new ConcurrentHashMap<>();

  /**
   * How a trial ended.
   *
   * @param node which node's it was
   * @param time when
   */
  private record End(String node, Instant time) {}

  /**
   * None yet.
   *
   * @param longest how long a class waits for others at most; zero: not at all
   */
  JustTried(Fleet fleet, Duration longest) {
    this.fleet = fleet;
    this.longest = longest;
  }

  /** Pairs are no longer new to the fleet, or are again, by what a node says. */
  void tried(Collection<ClassOnDriver> pairs, String node, Instant now) {
    ends.values().removeIf(end -> left(end, now).isZero());
    pairs.stream()
        .filter(fleet::isTried)
        .filter(pair -> triesMore(node, pair.driver()))
        .forEach(pair -> ends.put(pair, new End(node, now)));
  }

  /**
   * For how long a node's checks may stay as they are.
   *
   * @param decided what they are to be
   * @return empty if they change in anything that has not to do with classes just tried
   */
  Optional<Duration> mayWait(NodeReport report, List<Check> decided, Instant now) {
    if (ends.isEmpty() || takesAway(report.checks(), decided)) {
      return Optional.empty();
    }
    Map<ClassOnDriver, Duration> waits = waits(now);
    Stream<Check> changed = decided.stream().filter(not(report.checks()));
    return changed
        .map(check -> waits.getOrDefault(pair(check), Duration.ZERO))
        .min(Duration::compareTo)
        .filter(wait -> !wait.isZero());
  }

  private Map<ClassOnDriver, Duration> waits(Instant now) {
    return ends.entrySet().stream()
        .filter(entry -> triesMore(entry.getValue().node(), entry.getKey().driver()))
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> left(entry.getValue(), now)));
  }

  private static Predicate<Check> not(List<Check> checks) {
    Set<Check> all = new HashSet<>(checks);
    return check -> !all.contains(check);
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

  /** Whether a node tries something on a driver that is new to it still. */
  private boolean triesMore(String node, String driver) {
    return fleet.report(node).stream()
        .flatMap(report -> report.checks().stream())
        .filter(check -> check.triesFirst() && driver.equals(check.driver()))
        .anyMatch(check -> !fleet.isTried(pair(check)));
  }

  /** Zero when it is over; a time that lies ahead comes from a clock that was put back since. */
  private Duration left(End end, Instant now) {
    Duration left = Duration.between(now, end.time().plus(longest));
    return left.isNegative() || left.compareTo(longest) > 0 ? Duration.ZERO : left;
  }
}
