package io.mdevmigration.operator.compatibility;

import io.mdevmigration.crds.Api;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How many nodes there are of some kind, and a few of them.
 *
 * @param count how many
 * @param names the first {@link Api#NAMES_MAX} of them by name
 */
record SomeNodes(int count, List<String> names) {
  static final SomeNodes NONE = new SomeNodes(0, List.of());

  SomeNodes {
    names = List.copyOf(names);
  }

  /** These and others, none of which is among these. */
  SomeNodes and(SomeNodes others) {
    return new SomeNodes(
        count + others.count,
        Stream.concat(names.stream(), others.names.stream())
            .sorted()
            .limit(Api.NAMES_MAX)
            .toList());
  }

  /** How many of them are not named. */
  int unnamed() {
    return count - names.size();
  }

  /** Nodes that come one after the other, in any order and each once. */
  static final class Gathering {
    private final TreeSet<String> first = new TreeSet<>();
    private int count;

    void add(String name) {
      count++;
      if (first.size() < Api.NAMES_MAX) {
        first.add(name);
      } else if (name.compareTo(first.last()) < 0) {
        first.pollLast();
        first.add(name);
      }
    }

    SomeNodes gathered() {
      return new SomeNodes(count, List.copyOf(first));
    }
  }
}
