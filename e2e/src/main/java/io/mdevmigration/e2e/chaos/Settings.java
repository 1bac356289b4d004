package io.mdevmigration.e2e.chaos;

import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.operator.OperatorOptions;
import io.mdevmigration.operator.trial.TrialPeriods;
import java.time.Duration;

/** How daemons and operators work in a run: everything that takes minutes elsewhere is short. */
final class Settings {
  private static final Duration RESCAN = Duration.ofMillis(500);
  private static final Duration DEADLINE = Duration.ofMillis(400);
  private static final Duration DEBOUNCE = Duration.ofMillis(10);
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration TRIAL_BEGIN = Duration.ofSeconds(1);
  private static final Duration TRIAL_SILENCE = Duration.ofSeconds(5);
  private static final Duration RELIST = Duration.ofSeconds(2);
  private static final int WORKERS = 4;

  static final DaemonOptions DAEMON =
      DaemonOptions.DEFAULTS
          .withRescan(RESCAN)
          .withRelist(RELIST)
          .withDeadline(DEADLINE)
          .withDebounce(DEBOUNCE);

  static final OperatorOptions OPERATOR =
      new OperatorOptions(WORKERS, GRACE, new TrialPeriods(TRIAL_BEGIN, TRIAL_SILENCE), RELIST);

  /** How long after a change, with nothing hurt, a label may be wrong; the promise is a second. */
  static final Duration CHANGE_BOUND = Duration.ofSeconds(8);

  /** The same after faults: connections are found dead first, and what failed is tried again. */
  static final Duration HEALING_BOUND = Duration.ofSeconds(30);

  /** How long a client waits for the head of an answer. */
  static final Duration REQUEST = Duration.ofSeconds(2);

  private Settings() {}

  static String[] operatorArguments() {
    return new String[] {
      "--node-workers=" + WORKERS,
      "--unwanted-grace=" + GRACE.toSeconds() + "s",
      "--trial-begin=" + TRIAL_BEGIN.toSeconds() + "s",
      "--trial-silence=" + TRIAL_SILENCE.toSeconds() + "s",
      "--relist=" + RELIST.toSeconds() + "s",
      // A leader that was killed keeps its successor waiting for this long.
      "--lease-duration=4s",
      "--lease-renew-deadline=3s",
      "--lease-retry-period=500ms"
    };
  }
}
