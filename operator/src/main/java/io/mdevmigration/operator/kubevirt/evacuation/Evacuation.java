package io.mdevmigration.operator.kubevirt.evacuation;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.kubevirt.need.Need;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a drain of one node would meet. Only what is certain counts as a target: a node that carries
 * the labels. Whether it has room is the scheduler's to say.
 *
 * @param node the node
 * @param machines how many VMIs on it have an mdev device whose class is known
 * @param stuck how many of them no other node is known to accept: a drain would wait for them
 * @param names of the stuck ones, the first eight in order
 * @param unclear how many VMIs on it have an mdev device of which nothing certain is known
 * @param lastRefugeOf types of devices of VMIs elsewhere that no other node than this one accepts:
 *     while it is away these VMIs cannot migrate
 */
public record Evacuation(
    String node,
    int machines,
    int stuck,
    List<ObjectName> names,
    int unclear,
    SortedSet<String> lastRefugeOf) {
  private static final Comparator<ObjectName> BY_TEXT = Comparator.comparing(ObjectName::toString);

  public Evacuation {
    names = List.copyOf(names);
  }

  /**
   * A VMI and what it needs.
   *
   * @param name the VMI
   * @param node where it runs
   * @param need what it needs
   */
  public record Guest(ObjectName name, String node, Need need) {}

  /** How many stuck VMIs are not named. */
  public int omitted() {
    return stuck - names.size();
  }

  /** Whether a drain of the node would leave nobody behind, here or elsewhere. */
  boolean isFree() {
    return stuck == 0 && lastRefugeOf.isEmpty();
  }

  /**
   * Plans for every node that has a VMI with an mdev device or is a last refuge.
   *
   * @param fleet which nodes carry which labels
   * @param guests all VMIs that run
   * @return the plans, by node
   */
  public static SortedMap<String, Evacuation> of(Fleet fleet, List<Guest> guests) {
    Map<Set<String>, List<String>> accepting = new HashMap<>();
    SortedMap<String, Plan> plans = new TreeMap<>();
    for (Guest guest : guests) {
      if (guest.need() instanceof Need.Unclear) {
        plans.computeIfAbsent(guest.node(), n -> new Plan()).unclear++;
      } else if (guest.need() instanceof Need.Classes need) {
        List<String> targets =
            accepting.computeIfAbsent(need.labelKeys(), keys -> carrying(fleet, keys)).stream()
                .filter(node -> !node.equals(guest.node()))
                .limit(2)
                .toList();
        Plan plan = plans.computeIfAbsent(guest.node(), n -> new Plan());
        plan.machines++;
        if (targets.isEmpty()) {
          plan.stuck.add(guest.name());
        } else if (targets.size() == 1) {
          plans.computeIfAbsent(targets.get(0), n -> new Plan()).lastRefugeOf.add(need.type());
        }
      }
    }
    SortedMap<String, Evacuation> evacuations = new TreeMap<>();
    plans.forEach((node, plan) -> evacuations.put(node, plan.of(node)));
    return evacuations;
  }

  private static List<String> carrying(Fleet fleet, Set<String> keys) {
    return fleet.nodes().stream()
        .filter(
            node ->
                keys.stream().allMatch(key -> MdevClass.LABEL_VALUE.equals(node.labels().get(key))))
        .map(NodeFacts::name)
        .toList();
  }

  private static final class Plan {
    private final List<ObjectName> stuck = new ArrayList<>();
    private final SortedSet<String> lastRefugeOf = new TreeSet<>();
    private int machines;
    private int unclear;

    Evacuation of(String node) {
      return new Evacuation(
          node,
          machines,
          stuck.size(),
          stuck.stream().sorted(BY_TEXT).limit(Api.NAMES_MAX).toList(),
          unclear,
          lastRefugeOf);
    }
  }
}
