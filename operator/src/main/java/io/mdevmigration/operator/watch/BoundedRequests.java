package io.mdevmigration.operator.watch;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Requests that end in time, one way or the other. The client bounds the wait for the beginning of
 * an answer, but not for its end.
 */
final class BoundedRequests implements AutoCloseable {
  private final Duration atMost;
  private final ExecutorService threads;

  /**
   * Requests.
   *
   * @param atMost how long each may take
   * @param name of their threads
   */
  BoundedRequests(Duration atMost, String name) {
    this.atMost = atMost;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Makes a request.
   *
   * @param what it is for, for messages
   * @throws TimeoutException if it takes too long; what it brings later is nobody's
   * @throws KubernetesClientException if it fails
   */
  <R> R call(String what, Callable<R> request) throws InterruptedException, TimeoutException {
    Future<R> answer = threads.submit(request);
    try {
      return answer.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new TimeoutException("%s took longer than %d ms".formatted(what, atMost.toMillis()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KubernetesClientException failure) {
        throw failure;
      }
      throw new KubernetesClientException(what + " failed: " + e.getCause(), e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
