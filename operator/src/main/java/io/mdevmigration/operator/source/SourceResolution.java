package io.mdevmigration.operator.source;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.SourceNode;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Selector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Resolves the sources of a MigrationCompatibility: the classes in any stored inventory of the
 * source set, fresh or not, or the literal.
 */
final class SourceResolution {
  private SourceResolution() {}

  /**
   * Resolves the sources of one spec.
   *
   * @param spec what the admin wrote
   * @param fleet what is published
   * @param present digests that were resolved before: where there are more classes than the limit,
   *     these stay and the new ones are left out
   * @param introductions which classes stand against which node
   */
  static Resolution resolve(
      MigrationCompatibilitySpec spec,
      Fleet fleet,
      Set<String> present,
      Introductions introductions) {
    if (spec.source().version() != null) {
      MdevClass literal = new MdevClass(spec.mdevType(), spec.source().version());
      return new Resolution(List.of(new SourceClass(literal, 0)), Optional.empty());
    }
    ClassLimits limits = new ClassLimits(present, fleet::onlyPublisherOf, introductions::of);
    return spec.source().node() != null
        ? ofNode(spec.mdevType(), spec.source().node(), fleet, limits)
        : ofNodes(spec, fleet, limits);
  }

  private static Resolution ofNode(
      String type, SourceNode source, Fleet fleet, ClassLimits limits) {
    Optional<NodeReport> report = fleet.report(source.name());
    if (report.isEmpty()) {
      return fleet.node(source.name()).isEmpty()
          ? Resolution.none(
              SourceProblem.NODE_NOT_FOUND,
              "there is no Node " + source.name() + ": correct spec.source.node.name")
          : Resolution.none(
              SourceProblem.NODE_NOT_PUBLISHED,
              "node " + source.name() + " has no MdevNodeState: see whether the daemon runs there");
    }
    if (source.parent() == null) {
      var classes = report.get().publishedOf(type);
      return classes.isEmpty()
          ? nothing(
              type,
              "node " + source.name(),
              List.copyOf(report.get().offersOf(type).values()),
              report.get())
          : limits.limited(classes.stream().collect(Collectors.toMap(c -> c, c -> 1)));
    }
    return ofParent(type, source.parent(), report.get(), limits);
  }

  private static Resolution ofParent(
      String type, String parent, NodeReport report, ClassLimits limits) {
    var group =
        report.parentGroups().stream().filter(g -> g.parents().contains(parent)).findFirst();
    if (group.isEmpty() && !report.complete()) {
      return incomplete(report, "parent " + parent);
    }
    if (group.isEmpty()) {
      return Resolution.none(
          SourceProblem.PARENT_NOT_FOUND,
          "node "
              + report.name()
              + " has no parent "
              + parent
              + ": correct spec.source.node.parent; it has "
              + Names.some(
                  report.parentGroups().stream().flatMap(g -> g.parents().stream()).toList()));
    }
    Optional<MdevClass> published =
        Optional.ofNullable(report.offersOf(type).get(group.get()))
            .map(ParentType::version)
            .map(report.published()::get)
            .filter(mdevClass -> mdevClass.type().equals(type));
    return published
        .map(mdevClass -> limits.limited(Map.of(mdevClass, 1)))
        .orElseGet(
            () ->
                nothing(
                    type,
                    "parent " + parent + " of node " + report.name(),
                    Optional.ofNullable(report.offersOf(type).get(group.get())).stream().toList(),
                    report));
  }

  private static Resolution ofNodes(
      MigrationCompatibilitySpec spec, Fleet fleet, ClassLimits limits) {
    Selector selector = Selector.of(Optional.of(spec.source().nodes()));
    // Each inventory that arrives resolves the sources anew: for the whole fleet it is counted
    // along.
    Map<MdevClass, Integer> classes =
        selector.selectsEverything()
            ? fleet.publisherCounts(spec.mdevType())
            : counts(spec.mdevType(), selector, fleet);
    return classes.isEmpty()
        ? Resolution.none(
            SourceProblem.NOTHING_PUBLISHED,
            "no selected node publishes a version of type "
                + spec.mdevType()
                + ": compare kubectl get mdevnodestates -o yaml with spec.mdevType and"
                + " spec.source.nodes")
        : limits.limited(classes);
  }

  private static Map<MdevClass, Integer> counts(String type, Selector selector, Fleet fleet) {
    Map<MdevClass, Integer> classes = new HashMap<>();
    for (NodeReport report : fleet.publishersOf(type)) {
      Map<String, String> labels =
          fleet.node(report.name()).map(NodeFacts::labels).orElse(Map.of());
      if (selector.test(labels)) {
        report.publishedOf(type).forEach(c -> classes.merge(c, 1, Integer::sum));
      }
    }
    return classes;
  }

  private static Resolution nothing(
      String type, String who, List<ParentType> offers, NodeReport report) {
    if (offers.isEmpty()) {
      return report.complete()
          ? Resolution.none(
              SourceProblem.TYPE_NOT_OFFERED,
              who
                  + " does not offer type "
                  + type
                  + ": correct spec.mdevType; the node offers "
                  + Names.some(report.types().keySet().stream().sorted().toList()))
          : incomplete(report, "type " + type);
    }
    String why =
        offers.stream()
            .flatMap(offer -> Optional.ofNullable(offer.problem()).stream())
            .map(p -> p.reason() + (p.errnoName() == null ? "" : " (" + p.errnoName() + ")"))
            .distinct()
            .collect(Collectors.joining(", "));
    return Resolution.none(
        SourceProblem.NO_VERSION,
        who
            + " offers type "
            + type
            + " but its driver gives no version to ask others about"
            + (why.isEmpty() ? "" : ": " + why));
  }

  private static Resolution incomplete(NodeReport report, String what) {
    return Resolution.none(
        SourceProblem.INVENTORY_INCOMPLETE,
        "node "
            + report.name()
            + " could not be read in full, and so far shows no "
            + what
            + ": see the Ready condition of its MdevNodeState");
  }
}
