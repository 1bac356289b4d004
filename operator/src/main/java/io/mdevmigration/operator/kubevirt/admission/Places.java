package io.mdevmigration.operator.kubevirt.admission;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.Changes;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.kubevirt.admission.Evidence.Refusing;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of every node about some classes, counted once and then kept as nodes change: a
 * further question costs work for the nodes that have changed since. Safe for use by many threads.
 */
final class Places {
  private final Fleet fleet;
  private final String resource;
  private final List<MdevClass> classes;
  private final Map<Place, Group> groups = new HashMap<>();
  private final Map<String, Group> groupOf = new HashMap<>();
  private long mark;
  private Instant latest = Instant.MIN;

  /** When the first report that counts now is too old to. */
  private Instant until = Instant.MIN;

  /** The nodes of which the same is known. */
  private record Group(Place place, NavigableSet<String> names) {}

  Places(Fleet fleet, String resource, List<MdevClass> classes) {
    this.fleet = fleet;
    this.resource = resource;
    this.classes = classes;
  }

  /**
   * The evidence against a migration that no node is known to accept.
   *
   * @param source the VMI's own node, which does not count
   * @param now the time; one before that of an earlier call counts as that
   */
  synchronized Evidence evidence(String source, Instant now) {
    latest = now.isAfter(latest) ? now : latest;
    follow();
    Map<String, Refusing> refusing = new TreeMap<>();
    int open = 0;
    int partly = 0;
    for (Group group : groups.values()) {
      int count = group.names().size() - (group.names().contains(source) ? 1 : 0);
      switch (group.place().kind()) {
        case NONE -> {}
        case PARTLY -> partly += count;
        case OPEN -> open += count;
        case REFUSING -> {
          if (count > 0) {
            refusing.put(group.place().reasons(), new Refusing(count, first(group, source)));
          }
        }
      }
    }
    return new Evidence(List.of(), refusing, open, partly);
  }

  private static List<String> first(Group group, String source) {
    return group.names().stream()
        .filter(name -> !name.equals(source))
        .limit(Api.NAMES_MAX)
        .toList();
  }

  private void follow() {
    Changes.Since since = fleet.changesSince(mark);
    mark = since.mark();
    if (since.names().isPresent() && !latest.isAfter(until)) {
      since.names().get().forEach(this::look);
      return;
    }
    groups.clear();
    groupOf.clear();
    until = Instant.MAX;
    fleet.nodes().forEach(node -> look(node.name()));
  }

  private void look(String name) {
    Group before = groupOf.remove(name);
    if (before != null) {
      before.names().remove(name);
      if (before.names().isEmpty()) {
        groups.remove(before.place());
      }
    }
    fleet
        .node(name)
        .ifPresent(
            node -> {
              Optional<NodeReport> report = fleet.report(name);
              report.flatMap(r -> r.freshUntil(latest)).ifPresent(this::lasts);
              Group after =
                  groups.computeIfAbsent(
                      Place.of(node, report, resource, classes, latest),
                      place -> new Group(place, new TreeSet<>()));
              after.names().add(name);
              groupOf.put(name, after);
            });
  }

  private void lasts(Instant end) {
    until = end.isBefore(until) ? end : until;
  }
}
