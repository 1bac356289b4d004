package io.mdevmigration.operator.node;

import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.operator.node.Waiting.Turn;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of keys, each handled by one worker at a time: a key that is added while it waits is
 * handled once, one that is added while it is being handled is handled once more afterwards. Keys
 * are handled in the order in which they came, those that go first before all others. What fails is
 * tried again, 100 ms to 30 s later, doubled each time and jittered; what went first does so then,
 * too. A key has one timer at most: whenever it is handled, that decides anew when to come back.
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

  /**
   * A key that is being handled.
   *
   * @param turn as what it waited
   * @param again as what it is to wait afterwards; empty: not at all
   */
  private record Handling(Turn turn, Optional<Turn> again) {
    Handling added(Turn more) {
      return new Handling(turn, again.equals(Optional.of(Turn.FIRST)) ? again : Optional.of(more));
    }
  }

  private final Handler handler;
  private final ExecutorService workers;

  /** Apart from the workers, so that no timer waits for those that are busy. */
  private final ScheduledThreadPoolExecutor clock;

  /** Guards all below. */
  private final Object lock = new Object();

  private final Waiting waiting = new Waiting();
  private final Map<String, Handling> beingHandled = new HashMap<>();
  private final Map<String, Integer> failures = new HashMap<>();

  /** What went first and has failed since it last did not: it goes first whoever adds it. */
  private final Set<String> firstAndFailed = new HashSet<>();

  private final Map<String, Future<?>> timers = new HashMap<>();
  private boolean closed;

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
    this.workers = Executors.newFixedThreadPool(workers, daemon("node-queue"));
    this.clock = new ScheduledThreadPoolExecutor(1, daemon("node-queue-clock"));
    this.clock.setRemoveOnCancelPolicy(true);
  }

  private static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Has a key handled in the order in which keys come. */
  public void add(String key) {
    add(key, Turn.IN_ORDER);
  }

  /** Has a key handled as soon as a worker is free, before all that wait in their order. */
  public void addFirst(String key) {
    add(key, Turn.FIRST);
  }

  private void add(String key, Turn asked) {
    synchronized (lock) {
      Turn turn = firstAndFailed.contains(key) ? Turn.FIRST : asked;
      if (beingHandled.containsKey(key)) {
        beingHandled.computeIfPresent(key, (k, handling) -> handling.added(turn));
      } else if (!closed && waiting.add(key, turn)) {
        // One task for each key that waits; which one it takes is known when a worker is free.
        workers.execute(this::work);
      }
    }
  }

  /** Has a key handled after a while, or when its timer goes off if that is sooner. */
  public void addAfter(String key, Duration delay) {
    synchronized (lock) {
      Future<?> pending = timers.get(key);
      if (closed
          || (pending instanceof Delayed timer
              && !pending.isDone()
              && timer.getDelay(TimeUnit.MILLISECONDS) <= delay.toMillis())) {
        return;
      }
      cancelTimer(key);
      timers.put(key, clock.schedule(() -> add(key), delay.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  /**
   * Keys that wait to be handled, those included that are being handled and are to be once more.
   */
  public int length() {
    synchronized (lock) {
      return waiting.size()
          + (int) beingHandled.values().stream().filter(h -> h.again().isPresent()).count();
    }
  }

  /**
   * For how long nothing has gone on although keys are being handled: none of them has ended and no
   * other has begun. Zero while none is being handled. A single key may wait for longer, for others
   * that go on.
   */
  public Duration standsStill() {
    synchronized (lock) {
      return beingHandled.isEmpty() ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - gotOn);
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
    synchronized (lock) {
      if (closed) {
        return;
      }
      Waiting.Taken taken = waiting.take();
      key = taken.key();
      beingHandled.put(key, new Handling(taken.turn(), Optional.empty()));
      gotOn = System.nanoTime();
      cancelTimer(key);
    }
    boolean failed = true;
    try {
      handler.handle(key);
      failed = false;
    } catch (RuntimeException e) {
      log.warn("node {}: {}; trying again", key, ApiFailure.reason(e));
      log.debug("node {}", key, e);
    } finally {
      finish(key, failed);
    }
  }

  private void finish(String key, boolean failed) {
    synchronized (lock) {
      Handling handling = beingHandled.remove(key);
      gotOn = System.nanoTime();
      if (failed) {
        if (handling.turn() == Turn.FIRST) {
          firstAndFailed.add(key);
        }
        addAfter(key, backOff(failures.merge(key, 1, Integer::sum)));
      } else {
        failures.remove(key);
        firstAndFailed.remove(key);
      }
      handling.again().ifPresent(turn -> add(key, turn));
    }
  }

  /** How long to wait after so many failures in a row. */
  private static Duration backOff(int failures) {
    long ceiling = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MIN_MS << Math.min(failures, 16));
    return Duration.ofMillis(ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2));
  }

  /** Handles nothing more; waits up to 5 s for what is being handled. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    clock.shutdownNow();
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
