package io.mdevmigration.telemetry;

import java.util.logging.LogManager;

/**
 * Lets the log last until the process has ended. The JDK's own takes it away as soon as the process
 * begins to end, and with it what an orderly end has to say.
 */
public final class LastingLogManager extends LogManager {
  /** Found by its name, and made by the JDK. */
  public LastingLogManager() {}

  /** Nothing: called when the process begins to end. */
  @Override
  public void reset() {}
}
