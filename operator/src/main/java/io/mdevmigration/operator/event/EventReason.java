package io.mdevmigration.operator.event;

/** What an event is about. A closed list, because people select events and raise alarms by it. */
public enum EventReason {
  /** A Node got labels. */
  LABEL_ADDED("LabelAdded"),
  /** A Node lost labels. */
  LABEL_REMOVED("LabelRemoved"),
  /** Nodes got or lost labels of a MigrationCompatibility, too many for an event each. */
  LABELS_CHANGED("LabelsChanged"),
  /** Every target of a MigrationCompatibility has answered. */
  READY("Ready"),
  /** A MigrationCompatibility is not ready any more, or names a source that gives nothing. */
  NOT_READY("NotReady"),
  /** A node tries a class that is new to its driver. */
  TRIAL_BEGUN("TrialBegun"),
  /** A driver has answered a trial: the other nodes are asked. */
  TRIAL_ENDED("TrialEnded"),
  /** A node could not try a class; another one may. */
  TRIAL_GIVEN_UP("TrialGivenUp"),
  /** A trial ended without an answer: nobody is asked. */
  TRIAL_SUSPECTED("TrialSuspected"),
  /** A class that was suspected may be asked again. */
  SUSPICION_CLEARED("SuspicionCleared"),
  /** A migration goes to a node whose driver has accepted. */
  MIGRATION_STEERED("MigrationSteered"),
  /** A migration of a VMI with an mdev device goes on as if nothing were known. */
  MIGRATION_NOT_STEERED("MigrationNotSteered"),
  /** A migration has no target and was not created. */
  MIGRATION_REFUSED("MigrationRefused"),
  /** A migration failed on a node whose driver had accepted. */
  MIGRATION_FAILED("MigrationFailedAfterAcceptance"),
  /** A drain of a Node would leave VMIs with mdev devices behind. */
  EVACUATION_STUCK("EvacuationStuck"),
  /** A drain of a Node would leave nobody behind any more. */
  EVACUATION_FREE("EvacuationFree");

  private final String text;

  EventReason(String text) {
    this.text = text;
  }

  /** The word as it stands in the event. */
  @Override
  public String toString() {
    return text;
  }
}
