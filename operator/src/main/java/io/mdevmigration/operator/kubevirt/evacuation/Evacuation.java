package io.mdevmigration.operator.kubevirt.evacuation;

import io.mdevmigration.crds.Api;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.kubevirt.need.Need;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a drain of one node would meet. Only what is certain counts as a target: a node that carries
 * the labels. Whether it has room is the scheduler's to say.
 *
 * @param node the node
 * @param machines how many VMIs on it have an mdev device whose class is known
 * @param stuck how many of them no other node is known to accept: a drain would wait for them
 * @param first of the stuck ones, eight in order
 * @param unclear how many VMIs on it have an mdev device of which nothing certain is known
 * @param lastRefugeOf types of devices of VMIs elsewhere that no other node than this one accepts:
 *     while it is away these VMIs cannot migrate
 */
public record Evacuation(
    String node,
    int machines,
    int stuck,
    List<Stuck> first,
    int unclear,
    SortedSet<String> lastRefugeOf) {
  public Evacuation {
    first = List.copyOf(first);
  }

  /**
   * A VMI and what it needs.
   *
   * @param name the VMI
   * @param node where it runs
   * @param need what it needs
   */
  public record Guest(ObjectName name, String node, Need need) {}

  /**
   * A VMI that no other node is known to accept.
   *
   * @param name the VMI
   * @param why whether that may change by itself
   */
  public record Stuck(ObjectName name, Why why) {}

  /** Why no other node is known to accept a VMI. */
  public enum Why {
    /** Every other node is ruled out. */
    NOBODY_ACCEPTS("NobodyAccepts"),
    /** Some may still answer, or be labelled. */
    NOT_ACCEPTED_YET("NotAcceptedYet");

    private final String text;

    Why(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** How many stuck VMIs are not named. */
  public int omitted() {
    return stuck - first.size();
  }

  /** What a drain of the node would leave behind, here or elsewhere; empty if nothing. */
  String obstacles() {
    String left =
        stuck == 0
            ? ""
            : "a drain would wait for %d of %d VMI(s) that no other node accepts: %s"
                .formatted(
                    stuck,
                    machines,
                    some(first.stream().map(each -> each.name().toString()).toList(), stuck));
    String refuge =
        lastRefugeOf.isEmpty()
            ? ""
            : "no other node accepts some VMIs elsewhere of type "
                + some(lastRefugeOf.stream().limit(Api.NAMES_MAX).toList(), lastRefugeOf.size());
    return left + (left.isEmpty() || refuge.isEmpty() ? "" : "; ") + refuge;
  }

  private static String some(List<String> names, int count) {
    int more = count - names.size();
    return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
  }

  /**
   * Plans for every node that has a VMI with an mdev device or is a last refuge.
   *
   * @param fleet which nodes carry which labels
   * @param guests all VMIs that run
   * @param ruledOut whether certainly no other node accepts what a VMI needs; asked of the stuck
   *     that are named
   * @return the plans, by node
   */
  public static SortedMap<String, Evacuation> of(
      Fleet fleet, List<Guest> guests, Predicate<Need.Classes> ruledOut) {
    Map<Set<String>, List<String>> accepting = new HashMap<>();
    SortedMap<String, Plan> plans = new TreeMap<>();
    for (Guest guest : guests) {
      if (guest.need() instanceof Need.Unclear) {
        plans.computeIfAbsent(guest.node(), n -> new Plan()).unclear++;
      } else if (guest.need() instanceof Need.Classes need) {
        List<String> targets =
            accepting.computeIfAbsent(need.labelKeys(), fleet::carriersOf).stream()
                .filter(node -> !node.equals(guest.node()))
                .limit(2)
                .toList();
        Plan plan = plans.computeIfAbsent(guest.node(), n -> new Plan());
        plan.machines++;
        if (targets.isEmpty()) {
          plan.stuck.put(guest.name().toString(), guest);
        } else if (targets.size() == 1) {
          plans.computeIfAbsent(targets.get(0), n -> new Plan()).lastRefugeOf.add(need.type());
        }
      }
    }
    SortedMap<String, Evacuation> evacuations = new TreeMap<>();
    plans.forEach((node, plan) -> evacuations.put(node, plan.of(node, ruledOut)));
    return evacuations;
  }

  private static final class Plan {
    private final SortedMap<String, Guest> stuck = new TreeMap<>();
    private final SortedSet<String> lastRefugeOf = new TreeSet<>();
    private int machines;
    private int unclear;

    Evacuation of(String node, Predicate<Need.Classes> ruledOut) {
      return new Evacuation(
          node,
          machines,
          stuck.size(),
          stuck.values().stream()
              .limit(Api.NAMES_MAX)
              .map(
                  guest ->
                      new Stuck(
                          guest.name(),
                          ruledOut.test((Need.Classes) guest.need())
                              ? Why.NOBODY_ACCEPTS
                              : Why.NOT_ACCEPTED_YET))
              .toList(),
          unclear,
          lastRefugeOf);
    }
  }
}
