package io.mdevmigration.operator.event;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;

/**
 * Tells when a MigrationCompatibility became ready or is not ready any more. Its other conditions
 * are the reason for this one. That a new one is not ready yet is no news, unless its source gives
 * nothing: then someone has to see to it.
 */
final class ReadyChange {
  private ReadyChange() {}

  /**
   * The event, if there is one.
   *
   * @param about the MigrationCompatibility
   * @param before the conditions that it had
   * @param after the conditions that it gets
   */
  static Optional<Occurrence> of(Involved about, List<Condition> before, List<Condition> after) {
    Optional<Condition> ready = find(after, "Ready");
    Optional<String> was = find(before, "Ready").map(Condition::getStatus);
    if (ready.isEmpty() || was.equals(ready.map(Condition::getStatus))) {
      return Optional.empty();
    }
    boolean holds = ready.get().getStatus().equals("True");
    boolean sourceFails =
        find(after, "SourceResolved").filter(c -> c.getStatus().equals("False")).isPresent();
    if (was.isEmpty() && !holds && !sourceFails) {
      return Optional.empty();
    }
    return Optional.of(
        new Occurrence(
            about,
            holds ? EventType.NORMAL : EventType.WARNING,
            holds ? EventReason.READY : EventReason.NOT_READY,
            holds ? "" : ready.get().getReason(),
            (holds ? "" : ready.get().getReason() + ": ") + ready.get().getMessage()));
  }

  private static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(c -> c.getType().equals(type)).findFirst();
  }
}
