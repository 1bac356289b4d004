package io.mdevmigration.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The fleets that are measured in one call. They differ in one size at most.
 *
 * @param size in which they differ; nodes if there is one fleet alone
 * @param fleets in the order of measuring
 */
record Sweep(Size size, List<FleetPlan> fleets) {
  /** What a fleet may have more or less of. */
  enum Size {
    NODES,
    CLASSES,
    TYPES,
    PARENTS;

    /** How much of it a fleet has. */
    int of(FleetPlan fleet) {
      return switch (this) {
        case NODES -> fleet.nodes();
        case CLASSES -> fleet.classes();
        case TYPES -> fleet.types();
        case PARENTS -> fleet.parents();
      };
    }

    /** As options and tables call it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Sweep {
    fleets = List.copyOf(fleets);
  }

  /**
   * A fleet for each number.
   *
   * @param numbers at least one for each size
   * @param drivers at most that many; of fewer classes each has its own
   * @throws IllegalArgumentException if there are several numbers for several sizes, or a fleet
   *     cannot be
   */
  static Sweep of(Map<Size, List<Integer>> numbers, int drivers) {
    List<Size> several =
        Stream.of(Size.values()).filter(size -> numbers.get(size).size() > 1).toList();
    if (several.size() > 1) {
      throw new IllegalArgumentException(
          "several numbers for %s and several for %s: give several to one of them"
              .formatted(several.get(0), several.get(1)));
    }
    List<FleetPlan> fleets = new ArrayList<>();
    for (int nodes : numbers.get(Size.NODES)) {
      for (int classes : numbers.get(Size.CLASSES)) {
        for (int types : numbers.get(Size.TYPES)) {
          for (int parents : numbers.get(Size.PARENTS)) {
            fleets.add(new FleetPlan(nodes, classes, Math.min(classes, drivers), types, parents));
          }
        }
      }
    }
    return new Sweep(several.isEmpty() ? Size.NODES : several.get(0), fleets);
  }
}
