package io.mdevmigration.node.posix;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Bounds the time that a driver can hold the daemon. Each call runs on a thread of its own. A
 * parent whose call has not returned in time is left alone until it does; while two parents of one
 * driver are in that state, all parents of that driver are left alone. Other drivers are not
 * affected.
 *
 * <p>A thread cannot be taken out of a driver that does not return: it stays there, at most two per
 * driver.
 */
public final class Deadline {
  private static final int STUCK_PARENTS_OF_A_DRIVER = 2;

  private final Executor calls;
  private final Duration limit;
  private final Runnable returned;

  /** Driver to its parents that have not returned. Guarded by this. */
  private final Map<String, Set<String>> stuck = new HashMap<>();

  /**
   * A guard.
   *
   * @param calls where calls run; unbounded, of daemon threads, or a driver that hangs takes the
   *     place of others or keeps the JVM from ending
   * @param limit how long a call may take
   * @param returned run, on a thread of {@code calls}, when a call returns after its time was over
   */
  public Deadline(Executor calls, Duration limit, Runnable returned) {
    this.calls = requireNonNull(calls, "calls");
    this.limit = requireNonNull(limit, "limit");
    this.returned = requireNonNull(returned, "returned");
  }

  /**
   * Makes a call and waits for it while the deadline lasts. Calls to one parent must not be made at
   * the same time.
   *
   * @param driver the parent's driver
   * @param parent the parent's name
   * @param call what to do; its result must not be null
   */
  public <T> Result<T> call(String driver, String parent, Call<T> call) {
    if (isLeftAlone(driver, parent)) {
      return new LeftAlone<>();
    }
    CompletableFuture<T> future = new CompletableFuture<>();
    calls.execute(
        () -> {
          try {
            future.complete(call.run());
          } catch (PosixException | RuntimeException | Error e) {
            future.completeExceptionally(e);
          }
        });
    try {
      return new Returned<>(future.get(limit.toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      return failed(e.getCause());
    } catch (TimeoutException e) {
      return overdue(driver, parent, future);
    } catch (InterruptedException e) {
      // The daemon is being closed: what the call still gives is of no use to anybody.
      Thread.currentThread().interrupt();
      return new LeftAlone<>();
    }
  }

  /** Whether a call would not be made now. */
  public synchronized boolean isLeftAlone(String driver, String parent) {
    Set<String> parents = stuck.getOrDefault(driver, Set.of());
    return parents.contains(parent) || parents.size() >= STUCK_PARENTS_OF_A_DRIVER;
  }

  /** Drivers to their parents that have not returned; empty if all is well. */
  public synchronized Map<String, Set<String>> stuck() {
    Map<String, Set<String>> copy = new HashMap<>();
    stuck.forEach((driver, parents) -> copy.put(driver, new TreeSet<>(parents)));
    return copy;
  }

  private <T> Result<T> overdue(String driver, String parent, CompletableFuture<T> future) {
    synchronized (this) {
      stuck.computeIfAbsent(driver, d -> new HashSet<>()).add(parent);
    }
    CompletableFuture<Result<T>> late =
        future.handle(
            (value, failure) -> {
              synchronized (this) {
                stuck.computeIfPresent(
                    driver,
                    (d, parents) -> {
                      parents.remove(parent);
                      return parents.isEmpty() ? null : parents;
                    });
              }
              return failure == null ? new Returned<>(value) : failed(failure);
            });
    var unused = late.whenComplete((result, failure) -> returned.run());
    return new Overdue<>(late);
  }

  private static <T> Result<T> failed(Throwable failure) {
    if (failure instanceof PosixException e) {
      return new Failed<>(e);
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException("a call failed with what it does not declare", failure);
  }

  /** One or several system calls on a parent. */
  public interface Call<T> {
    /**
     * Does it.
     *
     * @throws PosixException what the kernel said
     */
    T run() throws PosixException;
  }

  /** How a call went. */
  public sealed interface Result<T> {}

  /** It returned in time. */
  public record Returned<T>(T value) implements Result<T> {}

  /** It failed in time. */
  public record Failed<T>(PosixException failure) implements Result<T> {}

  /**
   * It has not returned in time.
   *
   * @param late completes when it does
   */
  public record Overdue<T>(CompletableFuture<Result<T>> late) implements Result<T> {}

  /** It was not made, because an earlier call to the parent or its driver has not returned. */
  public record LeftAlone<T>() implements Result<T> {}
}
