package io.mdevmigration.operator.event;

import io.mdevmigration.operator.trial.Happening;

/** What is told of a trial: the same driver, class and happening is the same event again. */
final class TrialEvent {
  private TrialEvent() {}

  /**
   * The event.
   *
   * @param about the MigrationCompatibility that asks
   * @param digest of the class
   * @param happening what happened to its trial
   */
  static Occurrence of(Involved about, String digest, Happening happening) {
    return new Occurrence(
        about,
        happening.kind() == Happening.Kind.SUSPECTED ? EventType.WARNING : EventType.NORMAL,
        switch (happening.kind()) {
          case BEGUN -> EventReason.TRIAL_BEGUN;
          case ENDED -> EventReason.TRIAL_ENDED;
          case GIVEN_UP -> EventReason.TRIAL_GIVEN_UP;
          case SUSPECTED -> EventReason.TRIAL_SUSPECTED;
          case CLEARED -> EventReason.SUSPICION_CLEARED;
        },
        happening.driver() + " " + digest,
        message(digest, happening));
  }

  private static String message(String digest, Happening happening) {
    String node = happening.node();
    String driver = happening.driver();
    return switch (happening.kind()) {
      case BEGUN ->
          "class %s is new to driver %s: node %s is asked before any other"
              .formatted(digest, driver, node);
      case ENDED ->
          "driver %s of node %s has answered about class %s: all its nodes are asked"
              .formatted(driver, node, digest);
      case GIVEN_UP ->
          "node %s cannot try class %s on driver %s; another one may"
              .formatted(node, digest, driver);
      case SUSPECTED ->
          ("node %s went away, booted or fell silent while its driver %s was asked about class %s:"
                  + " no other node with that driver is asked; see the node's kernel log, and to"
                  + " have the class tried again, add it to spec.retrySuspected")
              .formatted(node, driver, digest);
      case CLEARED -> "class %s is no longer suspected on driver %s".formatted(digest, driver);
    };
  }
}
