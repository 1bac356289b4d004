package io.mdevmigration.operator.node;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Delayed;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of keys, each handled by one worker at a time: a key that is added while it waits is
 * handled once, one that is added while it is being handled is handled once more afterwards. Keys
 * are handled in the order in which they came, those that go first before all others. What fails is
 * tried again, 100 ms to 30 s later, doubled each time and jittered. A key has one timer at most:
 * whenever it is handled, that decides anew when to come back.
 */
public final class KeyedQueue implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KeyedQueue.class);
  private static final long BACK_OFF_MIN_MS = 100;
  private static final long BACK_OFF_MAX_MS = 30_000;

  /** Handles one key. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Handles a key. Any exception has the key tried again later.
     *
     * @param key the key
     */
    void handle(String key);
  }

  /** What becomes of a key when it has been handled. */
  private enum Again {
    NO,
    IN_TURN,
    FIRST
  }

  private final Handler handler;
  private final ScheduledThreadPoolExecutor workers;
  private final Map<String, Again> handled = new HashMap<>();
  private final Waiting waiting = new Waiting();
  private final Map<String, Integer> failures = new HashMap<>();
  private final Map<String, Future<?>> timers = new HashMap<>();

  /** When the handling of a key last began or ended, in {@link System#nanoTime()}. */
  private long gotOn;

  /**
   * A queue.
   *
   * @param workers keys handled at the same time, at least 1
   * @param handler what to do with a key
   */
  public KeyedQueue(int workers, Handler handler) {
    this.handler = handler;
    this.workers =
        new ScheduledThreadPoolExecutor(
            workers,
            task -> {
              Thread thread = new Thread(task, "node-queue");
              thread.setDaemon(true);
              return thread;
            });
    this.workers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.workers.setRemoveOnCancelPolicy(true);
  }

  /** Has a key handled in its turn. */
  public void add(String key) {
    add(key, Again.IN_TURN);
  }

  /** Has a key handled as soon as a worker is free, before all that wait for their turn. */
  public void addFirst(String key) {
    add(key, Again.FIRST);
  }

  private void add(String key, Again when) {
    synchronized (handled) {
      if (handled.containsKey(key)) {
        handled.merge(key, when, (one, other) -> one.compareTo(other) > 0 ? one : other);
      } else if (waiting.add(key, when == Again.FIRST)) {
        // One task for each key that waits; which one it takes is known when its turn has come.
        var unused = submit(this::work, 0);
      }
    }
  }

  /** Has a key handled after a while, or when its timer goes off if that is sooner. */
  public void addAfter(String key, Duration delay) {
    synchronized (handled) {
      Future<?> pending = timers.get(key);
      if (pending instanceof Delayed timer
          && !pending.isDone()
          && timer.getDelay(TimeUnit.MILLISECONDS) <= delay.toMillis()) {
        return;
      }
      cancelTimer(key);
      submit(() -> add(key), delay.toMillis()).ifPresent(timer -> timers.put(key, timer));
    }
  }

  /**
   * Keys that wait to be handled, those included that are being handled and are to be once more.
   */
  public int length() {
    synchronized (handled) {
      return waiting.size()
          + (int) handled.values().stream().filter(again -> again != Again.NO).count();
    }
  }

  /**
   * For how long nothing has gone on although keys are being handled: none of them has ended and no
   * other has begun. Zero while none is being handled. A single key may wait for longer, for others
   * that go on.
   */
  public Duration standsStill() {
    synchronized (handled) {
      return handled.isEmpty() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - gotOn);
    }
  }

  private void cancelTimer(String key) {
    Future<?> timer = timers.remove(key);
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void work() {
    String key;
    synchronized (handled) {
      key = waiting.take();
      handled.put(key, Again.NO);
      gotOn = System.nanoTime();
      cancelTimer(key);
    }
    boolean failed = false;
    try {
      handler.handle(key);
    } catch (RuntimeException e) {
      failed = true;
      log.warn("node {}: {}; trying again", key, e.getMessage());
      log.debug("node {}", key, e);
    } finally {
      finish(key, failed);
    }
  }

  private void finish(String key, boolean failed) {
    Again again;
    long backOff = 0;
    synchronized (handled) {
      again = handled.remove(key);
      gotOn = System.nanoTime();
      if (failed) {
        int count = failures.merge(key, 1, Integer::sum);
        long ceiling = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MIN_MS << Math.min(count, 16));
        backOff = ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2);
      } else {
        failures.remove(key);
      }
    }
    if (again != Again.NO) {
      add(key, again);
    } else if (failed) {
      addAfter(key, Duration.ofMillis(backOff));
    }
  }

  private Optional<Future<?>> submit(Runnable task, long delayMillis) {
    try {
      return Optional.of(workers.schedule(task, delayMillis, TimeUnit.MILLISECONDS));
    } catch (RejectedExecutionException e) {
      log.trace("the queue is closed", e);
      return Optional.empty();
    }
  }

  /** Handles nothing more; waits up to 5 s for what is being handled. */
  @Override
  public void close() {
    workers.shutdown();
    try {
      if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
