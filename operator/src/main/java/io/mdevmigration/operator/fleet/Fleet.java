package io.mdevmigration.operator.fleet;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.ParentType;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The nodes and their reports, with an index of who offers which type, kept as they change: one
 * changed node costs work for that node. One thread at a time may change it while many read; each
 * node's facts and report are replaced whole.
 */
public final class Fleet {
  private final Map<String, NodeFacts> nodes = new ConcurrentHashMap<>();
  private final Map<String, NodeReport> reports = new ConcurrentHashMap<>();
  private final NamesByKey<String> publishers = new NamesByKey<>();
  private final NamesByKey<MdevClass> publishersOfClass = new NamesByKey<>();

  /** How many nodes are asked about a class. */
  private final Map<MdevClass, Integer> asked = new ConcurrentHashMap<>();

  private final NamesByKey<TypeOnDriver> servers = new NamesByKey<>();
  private final NamesByKey<ClassOnDriver> tried = new NamesByKey<>();
  private final NamesByKey<String> trying = new NamesByKey<>();
  private final NamesByKey<String> carriers = new NamesByKey<>();
  private final Changes changes = new Changes();

  private record TypeOnDriver(String type, String driver) {}

  /** What a change of a Node means to others than the node itself. */
  public enum NodeChange {
    /** Nothing that a decision is made from. */
    NOTHING,
    /** This project's own labels, or what the kubelet counts. */
    OWN_LABELS,
    /** Labels that selectors look at, the boot id, the uid, or whether the Node is there. */
    SELECTION
  }

  /** What a report says about itself as a whole. */
  private record Head(Optional<String> ownerUid, Optional<String> bootID, boolean complete) {
    static Head of(NodeReport report) {
      return new Head(report.ownerUid(), report.bootID(), report.complete());
    }
  }

  /** Puts a node, or puts it anew. One that says the same stays the object that is known. */
  public NodeChange put(NodeFacts node) {
    NodeFacts before = nodes.get(node.name());
    if (node.equals(before)) {
      return NodeChange.NOTHING;
    }
    nodes.put(node.name(), node);
    changed(Optional.ofNullable(before), Optional.of(node));
    return before != null && before.sameButForOwnLabels(node)
        ? NodeChange.OWN_LABELS
        : NodeChange.SELECTION;
  }

  /** Forgets a node that was deleted. */
  public void removeNode(String name) {
    changed(Optional.ofNullable(nodes.remove(name)), Optional.empty());
  }

  private void changed(Optional<NodeFacts> before, Optional<NodeFacts> after) {
    String name = after.or(() -> before).map(NodeFacts::name).orElse("");
    carriers.replace(
        name,
        before.map(NodeFacts::acceptedLabelKeys).orElse(Set.of()),
        after.map(NodeFacts::acceptedLabelKeys).orElse(Set.of()));
    changes.add(name);
  }

  /**
   * Puts a report, or puts it anew. One that says the same stays the object that is known: how its
   * node stands is remembered together with it, and each fresh list would have it kept twice.
   */
  public ReportChange put(NodeReport report) {
    NodeReport before = reports.get(report.name());
    boolean stays = isOfOneWrite(report, before) && before.restored();
    NodeReport after = stays ? report.restored(true) : report;
    if (after.equals(before)) {
      return ReportChange.NOTHING;
    }
    reports.put(report.name(), after);
    return replaced(Optional.ofNullable(before), Optional.of(after));
  }

  /**
   * Puts a report that is older than the one that was known, as after etcd was restored from a
   * backup. Unless it is what the daemon wrote last, it counts as {@link NodeReport#restored} until
   * the daemon has written anew.
   */
  public ReportChange putOlder(NodeReport report) {
    return put(report.restored(!isOfOneWrite(report, reports.get(report.name()))));
  }

  /** Whether what the daemon says is the same in both, whoever has written the rest. */
  private static boolean isOfOneWrite(NodeReport report, NodeReport known) {
    return known != null && known.observed().equals(report.observed());
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

  /** Names of the nodes that carry all of these labels, with the value that says so. */
  public List<String> carriersOf(Set<String> labelKeys) {
    List<Set<String>> fewestFirst =
        labelKeys.stream().map(carriers::names).sorted(comparingInt(Set::size)).toList();
    return fewestFirst.stream()
        .limit(1)
        .flatMap(Set::stream)
        .filter(name -> fewestFirst.stream().allMatch(names -> names.contains(name)))
        .toList();
  }

  /** The nodes of which something has changed since a moment; see {@link Changes}. */
  public Changes.Since changesSince(long mark) {
    return changes.since(mark);
  }

  /** All nodes. */
  public Collection<NodeFacts> nodes() {
    return nodes.values();
  }

  /** The reports that publish a class of this type. */
  public List<NodeReport> publishersOf(String type) {
    return publishers.names(type).stream().flatMap(name -> report(name).stream()).toList();
  }

  /** The classes of a type that are published, and by how many nodes each. */
  public Map<MdevClass, Integer> publisherCounts(String type) {
    Map<MdevClass, Integer> counts = new HashMap<>();
    for (MdevClass mdevClass : publishersOfClass.keys()) {
      int publishers = mdevClass.type().equals(type) ? publisherCount(mdevClass) : 0;
      if (publishers > 0) {
        counts.put(mdevClass, publishers);
      }
    }
    return counts;
  }

  /** How many nodes publish a class. */
  public int publisherCount(MdevClass mdevClass) {
    return publishersOfClass.names(mdevClass).size();
  }

  /** The node that publishes a class where no other does. */
  public Optional<String> onlyPublisherOf(MdevClass mdevClass) {
    Set<String> names = publishersOfClass.names(mdevClass);
    return names.size() == 1 ? names.stream().findFirst() : Optional.empty();
  }

  /** Whether any node is asked about a class. */
  public boolean isAsked(MdevClass mdevClass) {
    return asked.containsKey(mdevClass);
  }

  /** Names of the nodes on which this driver serves this type. */
  public Set<String> serversOf(String type, String driver) {
    return servers.names(new TypeOnDriver(type, driver));
  }

  /** The drivers that serve a type anywhere, those of most nodes first. */
  public List<String> driversOf(String type) {
    Map<String, Integer> counts = new HashMap<>();
    servers.keys().stream()
        .filter(key -> key.type().equals(type))
        .forEach(key -> counts.put(key.driver(), servers.names(key).size()));
    return counts.keySet().stream()
        .sorted(
            Comparator.comparing((String driver) -> -counts.get(driver))
                .thenComparing(driver -> driver))
        .toList();
  }

  /** Whether a class is not new to a driver: somewhere in the fleet it has been asked. */
  public boolean isTried(ClassOnDriver pair) {
    return !tried.names(pair).isEmpty();
  }

  /** Names of the nodes that are asked about a class before others are. */
  public Set<String> triers(String digest) {
    return trying.names(digest);
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
      publishers.put(type, name, !published.isEmpty());
    }
    var triedBefore = before.map(NodeReport::tried).orElse(Set.of());
    var triedAfter = after.map(NodeReport::tried).orElse(Set.of());
    Set<ClassOnDriver> toggled = tried.replace(name, triedBefore, triedAfter);
    Set<String> tryingBefore = before.map(NodeReport::trying).orElse(Set.of());
    Set<String> tryingAfter = after.map(NodeReport::trying).orElse(Set.of());
    trying.replace(name, tryingBefore, tryingAfter);
    Set<String> trials = new HashSet<>(tryingBefore);
    trials.addAll(tryingAfter);
    trials.removeIf(digest -> tryingBefore.contains(digest) && tryingAfter.contains(digest));
    servers.replace(
        name,
        before.map(Fleet::served).orElse(Set.of()),
        after.map(Fleet::served).orElse(Set.of()));
    publishersOfClass.replace(
        name,
        before.map(Fleet::publishedClasses).orElse(Set.of()),
        after.map(Fleet::publishedClasses).orElse(Set.of()));
    boolean released =
        released(
            before.map(Fleet::askedClasses).orElse(Set.of()),
            after.map(Fleet::askedClasses).orElse(Set.of()));
    boolean whole = !before.map(Head::of).equals(after.map(Head::of));
    changes.add(name);
    return new ReportChange(whole, sources, types, toggled, trials, released);
  }

  /** Counts the checks of one node anew; whether some class is asked about nowhere any more. */
  private boolean released(Set<MdevClass> before, Set<MdevClass> after) {
    after.stream()
        .filter(mdevClass -> !before.contains(mdevClass))
        .forEach(mdevClass -> asked.merge(mdevClass, 1, Integer::sum));
    boolean released = false;
    for (MdevClass mdevClass : before) {
      if (!after.contains(mdevClass)) {
        released |= asked.compute(mdevClass, (c, n) -> n == null || n == 1 ? null : n - 1) == null;
      }
    }
    return released;
  }

  private static Set<MdevClass> askedClasses(NodeReport report) {
    return report.checks().stream().map(Check::mdevClass).collect(toSet());
  }

  private static Set<MdevClass> publishedClasses(NodeReport report) {
    return Set.copyOf(report.published().values());
  }

  /** Who offers what of a type, without what the same parents offer besides. */
  private static Map<List<String>, ParentType> offers(NodeReport report, String type) {
    return report.offersOf(type).entrySet().stream()
        .collect(toMap(offer -> offer.getKey().parents(), Map.Entry::getValue, (a, b) -> a));
  }

  private static Set<TypeOnDriver> served(NodeReport report) {
    return report.drivers().entrySet().stream()
        .map(entry -> new TypeOnDriver(entry.getKey(), entry.getValue()))
        .collect(toSet());
  }

  private static void typesOf(NodeReport report, Set<String> types) {
    types.addAll(report.types().keySet());
    types.addAll(report.publishedTypes());
    report.answers().values().forEach(answer -> types.add(answer.type()));
  }
}
