package io.mdevmigration.operator.node;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Has the whole fleet listed afresh into what is known, and not again for a while. */
public final class LiveLists implements Unwanted.LiveView {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Unwanted.Live known;
  private final Supplier<CompletableFuture<Void>> refresh;
  private final Duration reuse;
  private final InstantSource clock;
  private Optional<Instant> asOf = Optional.empty();

  /**
   * Lists of one API server.
   *
   * @param known what is known, where the lists go
   * @param refresh has everything listed; completes when all of that is known
   * @param reuse how long what was read may be used again
   * @param clock the time
   */
  public LiveLists(
      Unwanted.Live known,
      Supplier<CompletableFuture<Void>> refresh,
      Duration reuse,
      InstantSource clock) {
    this.known = known;
    this.refresh = refresh;
    this.reuse = reuse;
    this.clock = clock;
  }

  @Override
  public synchronized Unwanted.Live read() {
    Instant now = clock.instant();
    if (asOf.filter(at -> at.plus(reuse).isAfter(now)).isEmpty()) {
      awaitRefresh();
      asOf = Optional.of(now);
    }
    return known;
  }

  private void awaitRefresh() {
    try {
      refresh.get().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new KubernetesClientException(
          "no complete list within " + PATIENCE.toSeconds() + " s", e);
    } catch (ExecutionException | CancellationException e) {
      throw new KubernetesClientException("the operator ends", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("the operator ends", e);
    }
  }
}
