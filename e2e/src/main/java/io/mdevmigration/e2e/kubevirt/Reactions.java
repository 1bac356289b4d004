package io.mdevmigration.e2e.kubevirt;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Does to each object what somebody who is not there would do, one thing after the other, each time
 * that the object has changed. What was decided on an object that has changed meanwhile (404, 409,
 * 422) is dropped, as its change is on the way; what failed otherwise is tried again.
 */
final class Reactions<T extends HasMetadata> implements AutoCloseable {
  private static final long RETRY_MILLIS = 200;

  private final Consumer<T> reaction;
  private final ExecutorService thread;
  private final SharedIndexInformer<T> informer;

  /**
   * Begins at once.
   *
   * @param who names the thread and what is said on standard error
   * @param objects those to look at
   * @param reaction what to do; it sees objects as they were at some moment
   */
  Reactions(String who, Informable<T> objects, Consumer<T> reaction) {
    this.reaction = requireNonNull(reaction, "reaction");
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread made = new Thread(task, who);
              made.setDaemon(true);
              return made;
            });
    this.informer =
        objects.inform(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(T object) {
                enqueue(object, thread);
              }

              @Override
              public void onUpdate(T before, T after) {
                enqueue(after, thread);
              }

              @Override
              public void onDelete(T object, boolean unknown) {
                // nobody has anything to do with what is gone
              }
            });
  }

  private void enqueue(T object, Executor executor) {
    try {
      executor.execute(() -> react(object));
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  private void react(T object) {
    try {
      reaction.accept(object);
    } catch (KubernetesClientException e) {
      switch (e.getCode()) {
        case 404, 409, 422 -> {}
        default -> {
          System.err.println(Thread.currentThread().getName() + " tries again: " + e.getMessage());
          enqueue(object, CompletableFuture.delayedExecutor(RETRY_MILLIS, MILLISECONDS, thread));
        }
      }
    } catch (RuntimeException e) {
      System.err.println(Thread.currentThread().getName() + " failed: " + e);
      e.printStackTrace();
    }
  }

  @Override
  public void close() {
    informer.close();
    thread.shutdownNow();
  }
}
