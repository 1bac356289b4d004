package io.mdevmigration.operator.fleet;

import static java.util.stream.Collectors.toMap;

import io.mdevmigration.crds.ParentType;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The nodes and their reports, with an index of who offers which type, kept as they change: one
 * changed node costs work for that node. Safe for use by many threads; each node's facts and report
 * are replaced whole.
 */
public final class Fleet {
  private final Map<String, NodeFacts> nodes = new ConcurrentHashMap<>();
  private final Map<String, NodeReport> reports = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> publishers = new ConcurrentHashMap<>();

  /** What a change of a Node means to others than the node itself. */
  public enum NodeChange {
    /** Nothing that a decision is made from. */
    NOTHING,
    /** This project's own labels. */
    OWN_LABELS,
    /** Labels that selectors look at, the boot id, the uid, or whether the Node is there. */
    SELECTION
  }

  /**
   * What a change of a report means to others than the node itself.
   *
   * @param whole whether it appeared, vanished, or changed its owner, boot or completeness: then
   *     even a type that it does not name may be concerned
   * @param sources types whose published classes changed: sources have to be resolved anew
   * @param types types that were or are offered or answered for: their counts may have changed
   */
  public record ReportChange(boolean whole, Set<String> sources, Set<String> types) {
    private static final ReportChange NOTHING = new ReportChange(false, Set.of(), Set.of());

    /** Whether nothing has changed that anything is decided from. */
    public boolean isNothing() {
      return equals(NOTHING);
    }
  }

  /** What a report says about itself as a whole. */
  private record Head(Optional<String> ownerUid, Optional<String> bootID, boolean complete) {
    static Head of(NodeReport report) {
      return new Head(report.ownerUid(), report.bootID(), report.complete());
    }
  }

  /** Puts a node, or puts it anew. */
  public NodeChange put(NodeFacts node) {
    NodeFacts before = nodes.put(node.name(), node);
    if (node.equals(before)) {
      return NodeChange.NOTHING;
    }
    return before != null && before.sameButForOwnLabels(node)
        ? NodeChange.OWN_LABELS
        : NodeChange.SELECTION;
  }

  /** Forgets a node that was deleted. */
  public void removeNode(String name) {
    nodes.remove(name);
  }

  /** Puts a report, or puts it anew. */
  public ReportChange put(NodeReport report) {
    NodeReport before = reports.put(report.name(), report);
    return report.equals(before)
        ? ReportChange.NOTHING
        : replaced(Optional.ofNullable(before), Optional.of(report));
  }

  /** Forgets a report that was deleted. */
  public ReportChange removeReport(String name) {
    return replaced(Optional.ofNullable(reports.remove(name)), Optional.empty());
  }

  /** The node of this name. */
  public Optional<NodeFacts> node(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** The report of the node of this name. */
  public Optional<NodeReport> report(String name) {
    return Optional.ofNullable(reports.get(name));
  }

  /** All nodes. */
  public Collection<NodeFacts> nodes() {
    return nodes.values();
  }

  /** The reports that publish a class of this type. */
  public List<NodeReport> publishersOf(String type) {
    return publishers.getOrDefault(type, Set.of()).stream()
        .map(reports::get)
        .flatMap(report -> Optional.ofNullable(report).stream())
        .toList();
  }

  /**
   * Whether some Node carries labels of this project but has no complete report: then a class that
   * nobody publishes may only seem so.
   */
  public boolean hasLabelledNodeWithoutReport() {
    return nodes.values().stream()
        .filter(node -> !node.ownLabelKeys().isEmpty())
        .anyMatch(node -> report(node.name()).filter(NodeReport::complete).isEmpty());
  }

  private ReportChange replaced(Optional<NodeReport> before, Optional<NodeReport> after) {
    String name = after.or(() -> before).map(NodeReport::name).orElse("");
    Set<String> types = new HashSet<>();
    before.ifPresent(report -> typesOf(report, types));
    after.ifPresent(report -> typesOf(report, types));
    Set<String> sources = new HashSet<>();
    for (String type : types) {
      var published = after.map(report -> report.publishedOf(type)).orElse(List.of());
      var offers = after.map(report -> offers(report, type));
      if (!published.equals(before.map(report -> report.publishedOf(type)).orElse(List.of()))
          || !offers.equals(before.map(report -> offers(report, type)))) {
        sources.add(type);
      }
      publishers.compute(
          type,
          (t, names) -> {
            Set<String> all = names == null ? ConcurrentHashMap.newKeySet() : names;
            if (published.isEmpty()) {
              all.remove(name);
            } else {
              all.add(name);
            }
            return all.isEmpty() ? null : all;
          });
    }
    boolean whole = !before.map(Head::of).equals(after.map(Head::of));
    return new ReportChange(whole, sources, types);
  }

  /** Who offers what of a type, without what the same parents offer besides. */
  private static Map<List<String>, ParentType> offers(NodeReport report, String type) {
    return report.offersOf(type).entrySet().stream()
        .collect(toMap(offer -> offer.getKey().parents(), Map.Entry::getValue, (a, b) -> a));
  }

  private static void typesOf(NodeReport report, Set<String> types) {
    types.addAll(report.types().keySet());
    types.addAll(report.publishedTypes());
    report.answers().values().forEach(answer -> types.add(answer.type()));
  }
}
