package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Requests that end in time, one way or the other. The client bounds the wait for the beginning of
 * an answer, but not for its end.
 */
final class Requests {
  private final ExecutorService threads;
  private final Duration limit;

  /**
   * Requests.
   *
   * @param threads where they run; each may hang: must not be bounded
   * @param limit how long each may take
   */
  Requests(ExecutorService threads, Duration limit) {
    this.threads = requireNonNull(threads, "threads");
    this.limit = requireNonNull(limit, "limit");
  }

  /**
   * Makes a request.
   *
   * @param what it does, for messages
   * @param late takes an answer that comes after the time is over
   * @throws StoreException if it takes too long, or was not made because the daemon is being closed
   * @throws RuntimeException what the request throws
   */
  <T> T call(String what, Supplier<T> request, Consumer<T> late) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Future<?> running;
    try {
      running = threads.submit(() -> run(request, answer, late));
    } catch (RejectedExecutionException e) {
      throw failed(what, "the daemon is being closed", e);
    }
    try {
      return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      StoreException failure = failed(what, "no answer in " + limit.toMillis() + " ms", e);
      if (answer.completeExceptionally(failure)) {
        throw failure;
      }
      return answer.join();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      StoreException failure = failed(what, "the daemon is being closed", e);
      answer.completeExceptionally(failure);
      throw failure;
    } finally {
      running.cancel(true);
    }
  }

  private static <T> void run(Supplier<T> request, CompletableFuture<T> answer, Consumer<T> late) {
    try {
      T given = request.get();
      if (!answer.complete(given)) {
        late.accept(given);
      }
    } catch (RuntimeException | Error e) {
      answer.completeExceptionally(e);
    }
  }

  private static StoreException failed(String what, String why, Exception cause) {
    return new StoreException(
        StoreException.Kind.FAILED, "cannot %s: %s".formatted(what, why), cause);
  }
}
