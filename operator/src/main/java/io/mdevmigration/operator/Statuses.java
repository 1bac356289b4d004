package io.mdevmigration.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.operator.compatibility.CompatibilityReconciler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the framework that keeps the statuses, while this replica leads. The framework lists the
 * MigrationCompatibility objects when it starts and never again; so it is started anew where a
 * fresh list is due.
 */
final class Statuses implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Statuses.class);
  private static final int THREADS = 4;
  private static final Duration TRY_AGAIN = Duration.ofSeconds(2);
  private static final Duration FINISH = Duration.ofSeconds(5);

  private record Running(Operator framework, CompatibilityReconciler reconciler) {}

  private final KubernetesClient client;
  private final Supplier<CompatibilityReconciler> reconcilers;
  private final Duration sync;
  private final Metrics metrics;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "statuses");
            made.setDaemon(true);
            return made;
          });
  private volatile Optional<Running> running = Optional.empty();
  private volatile boolean closed;

  /**
   * A framework that does not run yet.
   *
   * @param client who reads and writes
   * @param reconcilers makes what the framework is to run
   * @param sync how long the framework may take to list and watch when it starts: over a half-open
   *     connection it would take minutes, with no status written and no trial begun or ended
   * @param metrics told of what the framework does
   */
  Statuses(
      KubernetesClient client,
      Supplier<CompatibilityReconciler> reconcilers,
      Duration sync,
      Metrics metrics) {
    this.client = client;
    this.reconcilers = reconcilers;
    this.sync = sync;
    this.metrics = metrics;
  }

  /** Starts the framework, or starts it anew; returns at once. Tried until it works. */
  synchronized void start() {
    if (!wanted.getAndSet(true) && !closed) {
      thread.execute(this::startAnew);
    }
  }

  /** Has the status of an object looked at. */
  void touch(String name) {
    running.ifPresent(run -> run.reconciler().touch(name));
  }

  /** An object was deleted. */
  void forget(String name) {
    running.ifPresent(run -> run.reconciler().forget(name));
  }

  /** What the framework knows, as resource versions by name; empty while it does not run. */
  Optional<Map<String, String>> versions() {
    return running.map(run -> run.reconciler().versions());
  }

  private void startAnew() {
    stop();
    wanted.set(false);
    boolean told = false;
    while (!closed) {
      try {
        tryStart();
        return;
      } catch (RuntimeException e) {
        // Whatever it is: nobody else would start it, and statuses would stand still for ever.
        running = Optional.empty();
        if (!told) {
          told = true;
          log.warn("migrationcompatibilities: statuses have to wait: {}", ApiFailure.reason(e));
        }
        pause();
      }
    }
  }

  private void tryStart() {
    CompatibilityReconciler reconciler = reconcilers.get();
    Operator framework =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withMetrics(metrics)
                    .withConcurrentReconciliationThreads(THREADS)
                    .withCacheSyncTimeout(sync)
                    .withReconciliationTerminationTimeout(FINISH)
                    .withInformerStoppedHandler((informer, cause) -> stopped(cause)));
    framework.register(reconciler, overrider -> overrider.withItemStore(new TrimmedStore()));
    // Known before it starts: what changes from now on reaches it.
    running = Optional.of(new Running(framework, reconciler));
    framework.start();
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(TRY_AGAIN.toMillis());
    } catch (InterruptedException e) {
      // Closed: there is nothing to wait for.
      Thread.currentThread().interrupt();
    }
  }

  private void stopped(Throwable cause) {
    if (cause != null) {
      log.warn("migrationcompatibilities: the framework's watch has ended", cause);
      start();
    }
  }

  private void stop() {
    running.ifPresent(run -> run.framework().stop());
    running = Optional.empty();
  }

  /** Begins no status any more; waits up to 5 s for those that are being written. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      thread.execute(this::stop);
      thread.shutdown();
    }
    try {
      if (!thread.awaitTermination(FINISH.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
