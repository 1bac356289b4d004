package io.mdevmigration.node.sysfs;

import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.posix.Posix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Scans of a kernel, for tests. */
public final class Scans {
  private static final ExecutorService CALLS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
          });

  private Scans() {}

  /** The mdev tree below /sys, with a short deadline. */
  public static MdevTree tree(Posix posix) {
    return tree(posix, AttributeNames.DEFAULT);
  }

  /** The mdev tree below /sys, with other attribute names. */
  public static MdevTree tree(Posix posix, AttributeNames names) {
    return new MdevTree(posix, deadline(), Path.of("/sys"), names);
  }

  /** A scan of what is published. */
  public static Scan of(Posix posix) {
    return tree(posix).scan(ScanScope.INVENTORY, Familiar.NONE);
  }

  /** A guard with a short deadline. */
  public static Deadline deadline() {
    return new Deadline(CALLS, Duration.ofMillis(200), () -> {});
  }
}
