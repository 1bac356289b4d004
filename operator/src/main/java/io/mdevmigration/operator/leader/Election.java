package io.mdevmigration.operator.leader;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import io.mdevmigration.crds.ApiFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes part in the election of the replica that works. A leader that could not renew its lease
 * within the deadline has lost it, even while the request that was to renew it still hangs.
 */
public final class Election implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Election.class);

  /** What the replica does about it. Each method is called once at most. */
  public interface Replica {
    /** This replica leads from now on. */
    void lead();

    /** This replica has led and must not any more: it stops writing at once, whatever it does. */
    void lost(String why);
  }

  private final LeaseTerms terms;
  private final InstantSource uptime;
  private final Lock lock;
  private final LeaderElector elector;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "election");
            thread.setDaemon(true);
            return thread;
          });

  // All guarded by this.
  private Optional<Replica> replica = Optional.empty();
  private Optional<Instant> renewed = Optional.empty();
  private Optional<Future<?>> deadline = Optional.empty();
  private Optional<CompletableFuture<?>> running = Optional.empty();
  private boolean over;

  /**
   * An election that this replica takes no part in yet.
   *
   * @param client who reads and writes the Lease
   * @param terms the Lease
   * @param identity this replica's name; no other may ever have it
   * @param uptime a clock that is never set
   */
  public Election(
      KubernetesClient client, LeaseTerms terms, String identity, InstantSource uptime) {
    this(client, terms, new LeaseLock(terms.namespace(), terms.name(), identity), uptime);
  }

  /** An election by another lock than a Lease, for tests. */
  Election(KubernetesClient client, LeaseTerms terms, Lock lock, InstantSource uptime) {
    this.terms = terms;
    this.uptime = uptime;
    this.lock = new GuardedLock(lock, uptime, this::renewed);
    // A request that hangs leaves time for another one before the deadline.
    var impatient =
        new RequestConfigBuilder(client.getConfiguration().getRequestConfig())
            .withRequestTimeout((int) terms.renewDeadline().toMillis() / 2)
            .withRequestRetryBackoffLimit(0)
            .build();
    this.elector =
        client
            .adapt(NamespacedKubernetesClient.class)
            .withRequestConfig(impatient)
            .call(own -> own.leaderElector().withConfig(config()).build());
  }

  private LeaderElectionConfig config() {
    return new LeaderElectionConfig(
        lock,
        terms.duration(),
        terms.renewDeadline(),
        terms.retryPeriod(),
        new LeaderCallbacks(this::lead, () -> lost("another replica has taken it"), this::tell),
        false,
        terms.name());
  }

  /**
   * Takes part from now on; returns at once.
   *
   * @param contender told what comes out
   */
  public synchronized void start(Replica contender) {
    replica = Optional.of(contender);
    running = Optional.of(elector.start());
  }

  /**
   * Whether this replica leads at this moment, to be asked before each write: a process that was
   * held up beyond its deadline, by a host that had no time for it, goes on wherever it was, which
   * may be before its own timer tells it that the lease is lost.
   */
  public synchronized boolean isHeld() {
    return !over && left() > 0;
  }

  private void tell(String leader) {
    if (leader != null && !leader.isEmpty() && !Objects.equals(leader, lock.identity())) {
      log.info("standing by: {} leads", leader);
    }
  }

  private void lead() {
    log.info("leading from now on, as {}", lock.identity());
    // The elector waits for the end of this call before it renews the lease.
    threads.execute(contender()::lead);
  }

  private synchronized Replica contender() {
    return replica.orElseThrow();
  }

  private synchronized void renewed(Instant at) {
    renewed = Optional.of(at);
    deadline.ifPresent(timer -> timer.cancel(false));
    if (!over) {
      // A little later rather than a little earlier, when it would have to be looked at again.
      deadline =
          Optional.of(threads.schedule(this::check, left() + 1_000_000, TimeUnit.NANOSECONDS));
    }
  }

  private void check() {
    if (left() <= 0) {
      lost("it could not be renewed for " + terms.renewDeadline().toMillis() + " ms");
    }
  }

  private synchronized long left() {
    return renewed
        .map(at -> Duration.between(uptime.instant(), at.plus(terms.renewDeadline())).toNanos())
        .orElse(0L);
  }

  private void lost(String why) {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    contender().lost("the lease %s/%s is lost: %s".formatted(terms.namespace(), terms.name(), why));
  }

  /**
   * Takes no part any more. If this replica leads, its writes have to have ended; the lease is free
   * for another one at once, or after its time if the API server cannot be told.
   */
  @Override
  public void close() {
    Optional<CompletableFuture<?>> taking;
    boolean led;
    synchronized (this) {
      led = renewed.isPresent() && !over;
      over = true;
      taking = running;
      deadline.ifPresent(timer -> timer.cancel(false));
    }
    taking.ifPresent(part -> part.cancel(true));
    try {
      if (led && elector.release()) {
        log.info("the lease {}/{} is released", terms.namespace(), terms.name());
      }
    } catch (KubernetesClientException e) {
      log.warn(
          "the lease {}/{} could not be released, others have to wait for its end: {}",
          terms.namespace(),
          terms.name(),
          ApiFailure.reason(e));
    }
    threads.shutdownNow();
  }
}
