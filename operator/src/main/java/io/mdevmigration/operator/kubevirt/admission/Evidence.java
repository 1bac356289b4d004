package io.mdevmigration.operator.kubevirt.admission;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.compatibility.Standing;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.kubevirt.need.Need;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How the nodes other than its own stand to a VMI's device.
 *
 * @param accepting names of the nodes that carry all the labels, sorted
 * @param refusing why a node can take the device of no class, to the names of these nodes, sorted;
 *     like what follows only where no node accepts
 * @param open how many nodes may accept some class: nothing definite is known of them
 * @param partly how many nodes accept some of several classes, or all without their labels
 */
record Evidence(List<String> accepting, Map<String, List<String>> refusing, int open, int partly) {

  /** What is known of one node. */
  private enum Place {
    PARTLY,
    OPEN,
    REFUSING,
    NO_PLACE
  }

  /**
   * Collects it.
   *
   * @param need what the VMI needs
   * @param fleet what is stored
   * @param now the time
   */
  static Evidence of(Need.Classes need, Fleet fleet, Instant now) {
    Set<String> labels = need.labelKeys();
    List<String> accepting =
        fleet.nodes().stream()
            .filter(node -> !node.name().equals(need.source()) && carries(node, labels))
            .map(NodeFacts::name)
            .sorted()
            .toList();
    // Why the others do not is asked only where none does: it takes longer.
    return accepting.isEmpty()
        ? ofOthers(need, fleet, now)
        : new Evidence(accepting, Map.of(), 0, 0);
  }

  private static boolean carries(NodeFacts node, Set<String> labels) {
    return labels.stream().allMatch(key -> MdevClass.LABEL_VALUE.equals(node.labels().get(key)));
  }

  private static Evidence ofOthers(Need.Classes need, Fleet fleet, Instant now) {
    Map<String, List<String>> refusing = new TreeMap<>();
    int open = 0;
    int partly = 0;
    for (NodeFacts node : fleet.nodes()) {
      if (node.name().equals(need.source())) {
        continue;
      }
      Optional<NodeReport> report = fleet.report(node.name());
      switch (place(node, report, need, now)) {
        case NO_PLACE -> {}
        case PARTLY -> partly++;
        case OPEN -> open++;
        case REFUSING ->
            refusing
                .computeIfAbsent(
                    reasons(node, report.orElseThrow(), need, now), r -> new ArrayList<>())
                .add(node.name());
      }
    }
    refusing.values().forEach(names -> names.sort(null));
    return new Evidence(List.of(), refusing, open, partly);
  }

  /**
   * A node that has no MdevNodeState can take the device only if its kubelet counts the resource;
   * one whose complete and present inventory lacks the type cannot.
   */
  private static Place place(
      NodeFacts node, Optional<NodeReport> report, Need.Classes need, Instant now) {
    if (report.isEmpty() || !report.get().belongsTo(node)) {
      return node.resources().contains(need.resource()) ? Place.OPEN : Place.NO_PLACE;
    }
    List<Standing> standings =
        need.classes().stream().map(c -> standing(node, report.get(), c, now)).toList();
    if (standings.stream().anyMatch(s -> s.verdict() == Verdict.COMPATIBLE)) {
      return Place.PARTLY;
    }
    if (standings.stream().anyMatch(s -> !s.verdict().isDefinite())) {
      return Place.OPEN;
    }
    boolean offersNothing =
        standings.stream().allMatch(s -> s.reason().equals(Reason.TYPE_NOT_OFFERED.toString()));
    if (!offersNothing) {
      return Place.REFUSING;
    }
    // A daemon that is silent for long knows nothing of a card that has been added since.
    return report.get().isFresh(now) || !node.resources().contains(need.resource())
        ? Place.NO_PLACE
        : Place.OPEN;
  }

  private static Standing standing(
      NodeFacts node, NodeReport report, MdevClass mdevClass, Instant now) {
    return Standing.of(node, report, mdevClass, Optional.empty(), now);
  }

  private static String reasons(NodeFacts node, NodeReport report, Need.Classes need, Instant now) {
    return need.classes().stream()
        .map(c -> standing(node, report, c, now))
        .map(
            s ->
                s.verdict()
                    + " ("
                    + s.reason()
                    + s.errnoName().map(name -> " " + name).orElse("")
                    + ")")
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(" and "));
  }

  /** Whether certainly no other node accepts any of the classes. */
  boolean rulesOutEveryNode() {
    return accepting.isEmpty() && open == 0 && partly == 0;
  }

  /** How many nodes refuse. */
  int refusals() {
    return refusing.values().stream().mapToInt(List::size).sum();
  }

  /** Counts per reason, with the nodes' names or without. */
  String counts(boolean named) {
    return refusing.entrySet().stream()
        .map(
            e ->
                "%d %s%s"
                    .formatted(
                        e.getValue().size(), e.getKey(), named ? ": " + some(e.getValue()) : ""))
        .collect(Collectors.joining("; "));
  }

  private static String some(List<String> names) {
    int more = names.size() - Api.NAMES_MAX;
    return names.stream().limit(Api.NAMES_MAX).collect(Collectors.joining(", "))
        + (more > 0 ? " and " + more + " more" : "");
  }
}
