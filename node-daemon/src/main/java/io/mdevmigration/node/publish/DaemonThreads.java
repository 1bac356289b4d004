package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * The threads that daemons work on. Daemons in one JVM may share them; each does its own work one
 * step at a time.
 *
 * @param loop where the steps run; they wait for the kernel and the API server
 * @param calls where reads and writes of attributes and requests to the API server run, each of
 *     which may hang: must not be bounded
 */
public record DaemonThreads(ScheduledExecutorService loop, ExecutorService calls) {
  public DaemonThreads {
    requireNonNull(loop, "loop");
    requireNonNull(calls, "calls");
  }

  /**
   * Threads that keep no JVM alive.
   *
   * @param loops how many daemons may be in a step at the same time
   */
  public static DaemonThreads create(int loops) {
    return new DaemonThreads(
        Executors.newScheduledThreadPool(loops, daemon("mdev-loop")),
        Executors.newCachedThreadPool(daemon("mdev-call")));
  }

  /** Ends the threads; a call that hangs in a driver is left behind. */
  public void shutdown() {
    loop.shutdownNow();
    calls.shutdownNow();
  }

  private static ThreadFactory daemon(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
