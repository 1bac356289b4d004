package io.mdevmigration.e2e.bench;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Sixteen threads that do the same with each of many things. */
final class Crew {
  private static final int SIZE = 16;

  private Crew() {}

  /**
   * Returns when it has been done with all of them.
   *
   * @throws IllegalStateException if it failed with one of them
   */
  static <T> void each(Collection<T> things, Consumer<T> work) {
    ExecutorService threads = Executors.newFixedThreadPool(SIZE);
    try {
      List<? extends Future<?>> all =
          things.stream().map(thing -> threads.submit(() -> work.accept(thing))).toList();
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "one of them failed: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
