package io.mdevmigration.operator.check;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.trial.Permission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The checks of a node: what is there stays while it is wanted or may still be, what is missing is
 * added as far as the limits allow.
 *
 * @param checks what the node's spec is to hold
 * @param leftOut wanted classes for which there was no room
 */
public record WantedChecks(List<Check> checks, List<MdevClass> leftOut) {

  public WantedChecks {
    checks = List.copyOf(checks);
    leftOut = List.copyOf(leftOut);
  }

  /**
   * Decides the checks of one node.
   *
   * @param report what is asked of the node and what it offers
   * @param wanted the classes that it is to be asked about
   * @param permission whether it may be asked about a class
   * @param unwanted label keys of classes that are certainly wanted by nobody any more
   */
  public static WantedChecks decide(
      NodeReport report,
      Collection<MdevClass> wanted,
      Function<MdevClass, Permission> permission,
      Set<String> unwanted) {
    Set<MdevClass> missing = new LinkedHashSet<>(wanted);
    List<Check> checks = new ArrayList<>();
    for (Check check : report.checks()) {
      MdevClass mdevClass = check.mdevClass();
      if (missing.remove(mdevClass)) {
        kept(report, check, permission.apply(mdevClass)).ifPresent(checks::add);
      } else if (!unwanted.contains(mdevClass.labelKey())) {
        checks.add(check);
      }
    }
    List<MdevClass> leftOut = new ArrayList<>();
    int bytes = checks.stream().mapToInt(check -> check.version().length()).sum();
    for (MdevClass mdevClass : sorted(missing)) {
      Optional<Check> check = asked(report, mdevClass, permission.apply(mdevClass));
      if (check.isEmpty()) {
        continue;
      }
      if (hasRoom(checks.size(), bytes, mdevClass)) {
        checks.add(check.get());
        bytes += mdevClass.version().length();
      } else {
        leftOut.add(mdevClass);
      }
    }
    return new WantedChecks(checks, leftOut);
  }

  /** Whether one more class fits. */
  public static boolean hasRoom(int checks, int bytes, MdevClass mdevClass) {
    return checks < Api.CHECKS_MAX && bytes + mdevClass.version().length() <= Api.CHECK_BYTES_MAX;
  }

  private static Optional<Check> asked(
      NodeReport report, MdevClass mdevClass, Permission permission) {
    Optional<Check> check =
        report
            .driverOf(mdevClass.type())
            .map(driver -> new Check(mdevClass.type(), mdevClass.version(), driver));
    return switch (permission) {
      case ASK -> check;
      case TRY -> check.map(Check::asTrial);
      case PROVEN, HOLD, WAIT -> Optional.empty();
    };
  }

  /** A check that is wanted and there: what it asks of which driver may have to change. */
  private static Optional<Check> kept(NodeReport report, Check check, Permission permission) {
    return switch (permission) {
      case ASK, TRY -> asked(report, check.mdevClass(), permission);
      case PROVEN -> Optional.of(new Check(check.type(), check.version(), check.driver()));
      case HOLD -> Optional.of(check);
      // A trial that is no longer this node's goes; any other check stays, for the driver it names.
      case WAIT -> check.triesFirst() ? Optional.empty() : Optional.of(check);
    };
  }

  private static List<MdevClass> sorted(Set<MdevClass> classes) {
    return classes.stream()
        .sorted(Comparator.comparing(MdevClass::type).thenComparing(MdevClass::digest))
        .toList();
  }
}
