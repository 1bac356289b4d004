package io.mdevmigration.operator.check;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.NodeReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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
   * @param report what is asked of the node and what it offers: a type that a complete inventory
   *     does not have is not asked about, because the answer is known
   * @param wanted the classes that it is to be asked about
   * @param unwanted label keys of classes that are certainly wanted by nobody any more
   */
  public static WantedChecks decide(
      NodeReport report, Collection<MdevClass> wanted, Set<String> unwanted) {
    Set<MdevClass> wantedOnce = new LinkedHashSet<>(wanted);
    List<Check> checks = new ArrayList<>();
    Set<MdevClass> asked = new LinkedHashSet<>();
    for (Check check : report.checks()) {
      MdevClass mdevClass = check.mdevClass();
      if (wantedOnce.contains(mdevClass) || !unwanted.contains(mdevClass.labelKey())) {
        checks.add(check);
        asked.add(mdevClass);
      }
    }
    List<MdevClass> leftOut = new ArrayList<>();
    int bytes = checks.stream().mapToInt(check -> check.version().length()).sum();
    for (MdevClass mdevClass : missing(report, wantedOnce, asked)) {
      if (checks.size() < Api.CHECKS_MAX
          && bytes + mdevClass.version().length() <= Api.CHECK_BYTES_MAX) {
        checks.add(new Check(mdevClass.type(), mdevClass.version(), null));
        bytes += mdevClass.version().length();
      } else {
        leftOut.add(mdevClass);
      }
    }
    return new WantedChecks(checks, leftOut);
  }

  private static List<MdevClass> missing(
      NodeReport report, Set<MdevClass> wanted, Set<MdevClass> asked) {
    return wanted.stream()
        .filter(mdevClass -> !asked.contains(mdevClass))
        .filter(mdevClass -> !report.complete() || report.types().containsKey(mdevClass.type()))
        .sorted(Comparator.comparing(MdevClass::type).thenComparing(MdevClass::digest))
        .collect(Collectors.toList());
  }
}
