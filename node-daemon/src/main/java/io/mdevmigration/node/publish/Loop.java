package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Runs steps, one at a time: when woken, after a short wait for more to come, and otherwise when
 * the step before said.
 */
final class Loop {
  private final ScheduledExecutorService executor;
  private final Duration debounce;
  private final Supplier<Duration> step;

  /** Guarded by this, like all below. */
  private Optional<ScheduledFuture<?>> scheduled = Optional.empty();

  private boolean running;
  private boolean woken;
  private boolean closed;

  /** When the running step last got on, in {@link System#nanoTime()}. */
  private long gotOn;

  /**
   * A loop that waits to be woken.
   *
   * @param step does the work; gives how long after its end the next one is due
   */
  Loop(ScheduledExecutorService executor, Duration debounce, Supplier<Duration> step) {
    this.executor = requireNonNull(executor, "executor");
    this.debounce = requireNonNull(debounce, "debounce");
    this.step = requireNonNull(step, "step");
  }

  /** Has a step run soon. A step that is already running is followed by another. */
  void wake() {
    wakeWithin(debounce);
  }

  /** Has a step run no later than this; one that is running is soon followed by another. */
  synchronized void wakeWithin(Duration wait) {
    if (running) {
      woken = true;
    } else if (!isDueWithin(wait)) {
      schedule(wait);
    }
  }

  /** The running step has begun another part of its work; called by the step itself. */
  synchronized void getsOn() {
    gotOn = System.nanoTime();
  }

  /**
   * For how long nothing has gone on although something should: since the running step last got on,
   * or since the next one was due. Zero or less where all is well.
   */
  synchronized Duration standsStill() {
    if (running) {
      return Duration.ofNanos(System.nanoTime() - gotOn);
    }
    return scheduled
        .filter(future -> !closed)
        .map(future -> Duration.ofNanos(-future.getDelay(TimeUnit.NANOSECONDS)))
        .orElse(Duration.ZERO);
  }

  /** No step begins any more; waits for a running one. */
  synchronized void close(Duration atMost) {
    closed = true;
    scheduled.ifPresent(future -> future.cancel(false));
    long end = System.nanoTime() + atMost.toNanos();
    try {
      for (long left = atMost.toNanos(); running && left > 0; left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean isDueWithin(Duration wait) {
    return scheduled
        .filter(future -> future.getDelay(TimeUnit.NANOSECONDS) <= wait.toNanos())
        .isPresent();
  }

  private synchronized void schedule(Duration wait) {
    if (closed) {
      return;
    }
    scheduled.ifPresent(future -> future.cancel(false));
    try {
      scheduled = Optional.of(executor.schedule(this::run, wait.toNanos(), TimeUnit.NANOSECONDS));
    } catch (RejectedExecutionException e) {
      // Shared threads that were ended before the daemon was: there is nobody left to work.
      closed = true;
    }
  }

  private void run() {
    synchronized (this) {
      if (closed || running) {
        return;
      }
      running = true;
      gotOn = System.nanoTime();
      woken = false;
      scheduled = Optional.empty();
    }
    Duration next = debounce;
    try {
      next = step.get();
    } finally {
      synchronized (this) {
        running = false;
        notifyAll();
        schedule(woken ? debounce : next);
      }
    }
  }
}
