package io.mdevmigration.operator.kubevirt.admission;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.compatibility.Standing;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is known of one node that does not carry all the labels.
 *
 * @param kind whether it is a place for the device
 * @param reasons why it is none, if it refuses; empty otherwise
 */
record Place(Kind kind, String reasons) {
  private static final Place NONE = new Place(Kind.NONE, "");

  /** Whether a node is a place for a VMI's device. */
  enum Kind {
    /** It accepts some of several classes, or all without their labels. */
    PARTLY,
    /** It may accept: nothing definite is known. */
    OPEN,
    /** Its driver can take the device of no class. */
    REFUSING,
    /** It has no such devices. */
    NONE
  }

  /**
   * Looks at a node. One that has no MdevNodeState can take the device only if its kubelet counts
   * the resource; one whose complete and present inventory lacks the type cannot.
   *
   * @param node the node
   * @param report what its MdevNodeState says, if it has one
   * @param resource under which the kubelet counts the device
   * @param classes one of which the device has
   * @param now the time
   */
  static Place of(
      NodeFacts node,
      Optional<NodeReport> report,
      String resource,
      List<MdevClass> classes,
      Instant now) {
    if (report.isEmpty() || !report.get().belongsTo(node)) {
      return node.resources().contains(resource) ? new Place(Kind.OPEN, "") : NONE;
    }
    List<Standing> standings =
        classes.stream()
            .map(c -> Standing.of(node, report.get(), c, Optional.empty(), now))
            .toList();
    if (standings.stream().anyMatch(s -> s.verdict() == Verdict.COMPATIBLE)) {
      return new Place(Kind.PARTLY, "");
    }
    if (standings.stream().anyMatch(s -> !s.verdict().isDefinite())) {
      return new Place(Kind.OPEN, "");
    }
    boolean offersNothing =
        standings.stream().allMatch(s -> s.reason().equals(Reason.TYPE_NOT_OFFERED.toString()));
    if (!offersNothing) {
      return new Place(Kind.REFUSING, reasons(standings));
    }
    // A daemon that is silent for long knows nothing of a card that has been added since.
    return report.get().isFresh(now) || !node.resources().contains(resource)
        ? NONE
        : new Place(Kind.OPEN, "");
  }

  private static String reasons(List<Standing> standings) {
    return standings.stream()
        .map(
            s ->
                s.verdict()
                    + " ("
                    + s.reason()
                    + s.errnoName().map(name -> " " + name).orElse("")
                    + ")")
        .distinct()
        .sorted()
        .collect(Collectors.joining(" and "));
  }
}
