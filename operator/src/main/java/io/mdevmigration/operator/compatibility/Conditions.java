package io.mdevmigration.operator.compatibility;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Builds conditions whose transition time moves only when their status does. */
final class Conditions {
  private final List<Condition> before;
  private final long generation;
  private final Instant now;

  /**
   * Conditions of one object.
   *
   * @param before the conditions that it has
   * @param generation the generation of the spec that they are about
   * @param now the time of a transition
   */
  Conditions(List<Condition> before, long generation, Instant now) {
    this.before = before;
    this.generation = generation;
    this.now = now;
  }

  /**
   * A condition.
   *
   * @param type what it is about
   * @param holds whether it is so
   * @param reason why, in one word
   * @param message why, and what to do about it
   */
  Condition of(String type, boolean holds, String reason, String message) {
    String status = holds ? "True" : "False";
    String since =
        before.stream()
            .filter(c -> c.getType().equals(type) && c.getStatus().equals(status))
            .flatMap(c -> Optional.ofNullable(c.getLastTransitionTime()).stream())
            .filter(Conditions::isTime)
            .findFirst()
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withObservedGeneration(generation)
        .withLastTransitionTime(since)
        .build();
  }

  /** Whatever else may stand there came from elsewhere, and would stay for ever. */
  private static boolean isTime(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
