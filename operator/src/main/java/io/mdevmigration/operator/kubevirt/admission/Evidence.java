package io.mdevmigration.operator.kubevirt.admission;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How the nodes other than its own stand to a VMI's device.
 *
 * @param accepting names of the nodes that carry all the labels
 * @param refusing why nodes can take the device of no class, and which; like what follows only
 *     where no node accepts
 * @param open how many nodes may accept some class: nothing definite is known of them
 * @param partly how many nodes accept some of several classes, or all without their labels
 */
record Evidence(List<String> accepting, Map<String, Refusing> refusing, int open, int partly) {

  /**
   * Nodes that refuse for the same reason.
   *
   * @param count how many
   * @param names the first eight of them, sorted
   */
  record Refusing(int count, List<String> names) {
    private String some() {
      int more = count - names.size();
      return String.join(", ", names) + (more > 0 ? " and " + more + " more" : "");
    }
  }

  /** Whether certainly no other node accepts any of the classes. */
  boolean rulesOutEveryNode() {
    return accepting.isEmpty() && open == 0 && partly == 0;
  }

  /** How many nodes refuse. */
  int refusals() {
    return refusing.values().stream().mapToInt(Refusing::count).sum();
  }

  /** Counts per reason, with the nodes' names or without. */
  String counts(boolean named) {
    return refusing.entrySet().stream()
        .map(
            e ->
                "%d %s%s"
                    .formatted(
                        e.getValue().count(), e.getKey(), named ? ": " + e.getValue().some() : ""))
        .collect(Collectors.joining("; "));
  }
}
