package io.mdevmigration.operator.trial;

/**
 * Something about a trial that an admin would want to be told.
 *
 * @param kind what
 * @param driver the driver's identity
 * @param node the node that tries or tried
 */
public record Happening(Kind kind, String driver, String node) {
  /** What can happen to a trial. */
  public enum Kind {
    /** A node is to try the class. */
    BEGUN,
    /** Its driver has answered: all others are asked now. */
    ENDED,
    /** It could not be tried there; another node may. */
    GIVEN_UP,
    /** The node went away, booted anew or fell silent while it tried. */
    SUSPECTED,
    /** An admin lets a suspected class be tried again, or the driver has answered after all. */
    CLEARED
  }
}
