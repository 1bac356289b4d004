package io.mdevmigration.operator.fleet;

import java.util.Set;

/**
 * What a change of a report means to others than the node itself.
 *
 * @param whole whether it appeared, vanished, or changed its owner, boot or completeness: then even
 *     a type that it does not name may be concerned
 * @param sources types whose published classes changed: sources have to be resolved anew
 * @param types types that were or are offered or answered for: their counts may have changed
 * @param tried pairs that are no longer new to the fleet, or are again
 * @param trying digests of the classes that the node began or ceased to try before others do
 * @param released whether there is a class that this node was the last to be asked about
 */
public record ReportChange(
    boolean whole,
    Set<String> sources,
    Set<String> types,
    Set<ClassOnDriver> tried,
    Set<String> trying,
    boolean released) {
  static final ReportChange NOTHING =
      new ReportChange(false, Set.of(), Set.of(), Set.of(), Set.of(), false);

  /** Whether nothing has changed that anything is decided from. */
  public boolean isNothing() {
    return equals(NOTHING);
  }
}
