package io.mdevmigration.e2e.proxy;

/** What becomes of connections. */
public enum Link {
  /** They are made, and pass what comes. */
  UP,
  /** They are broken, those that are open and new ones. */
  BROKEN,
  /**
   * They are half-open: those that are open and new ones pass nothing any more and are never
   * closed, not even when the link is up again.
   */
  SILENT
}
