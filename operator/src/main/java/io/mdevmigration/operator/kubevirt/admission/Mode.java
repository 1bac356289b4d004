package io.mdevmigration.operator.kubevirt.admission;

/** What admission may do. */
public enum Mode {
  /** Changes and refuses nothing; warns of what it would do. */
  REPORT,
  /** Adds node selectors, and refuses what certainly has no target. */
  STEER,
  /** As {@link #STEER}, and refuses whatever cannot be steered. */
  STRICT
}
