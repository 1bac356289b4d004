package io.mdevmigration.operator.leader;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import io.mdevmigration.crds.ApiFailure;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock that makes up for what the client's elector leaves open. It compares the time that another
 * machine wrote with this one's: here a renewal is as old as this replica has known it, whatever
 * the clocks say. It does not tell when it last renewed: here that is told. And a lease that it
 * gives up keeps its holder's name: here it loses it, and is free at once.
 */
final class GuardedLock implements Lock {
  private static final Logger log = LoggerFactory.getLogger(GuardedLock.class);

  /** A renewal as another replica has stored it, and since when it is known here. */
  private record Seen(LeaderElectionRecord stored, Instant since) {}

  private final Lock lock;
  private final InstantSource uptime;
  private final Consumer<Instant> renewed;
  private Optional<Seen> seen = Optional.empty();
  private boolean failing;

  /**
   * A lock.
   *
   * @param lock the lock in the API
   * @param uptime a clock that is never set
   * @param renewed told when this replica has taken or renewed the lock, by the time at which it
   *     asked for that
   */
  GuardedLock(Lock lock, InstantSource uptime, Consumer<Instant> renewed) {
    this.lock = lock;
    this.uptime = uptime;
    this.renewed = renewed;
  }

  @Override
  public synchronized LeaderElectionRecord get(KubernetesClient client) {
    LeaderElectionRecord stored = attempt(() -> lock.get(client));
    if (stored == null) {
      return null;
    }
    Instant now = uptime.instant();
    if (seen.filter(known -> known.stored().equals(stored)).isEmpty()) {
      seen = Optional.of(new Seen(stored, now));
    }
    Duration age = seen.map(known -> Duration.between(known.since(), now)).orElseThrow();
    return new LeaderElectionRecord(
        stored.getHolderIdentity(),
        stored.getLeaseDuration(),
        stored.getAcquireTime(),
        ZonedDateTime.now(ZoneOffset.UTC).minus(age),
        stored.getLeaderTransitions());
  }

  @Override
  public void create(KubernetesClient client, LeaderElectionRecord record) {
    Instant begin = uptime.instant();
    run(() -> lock.create(client, record));
    renewed.accept(begin);
  }

  @Override
  public void update(KubernetesClient client, LeaderElectionRecord record) {
    if (record.getHolderIdentity() == null) {
      run(() -> lock.update(client, free(record)));
      return;
    }
    Instant begin = uptime.instant();
    run(() -> lock.update(client, record));
    renewed.accept(begin);
  }

  /** Nobody's; null would be left out of the patch, and the last holder would stay. */
  private static LeaderElectionRecord free(LeaderElectionRecord record) {
    return new LeaderElectionRecord(
        "",
        record.getLeaseDuration(),
        record.getAcquireTime(),
        record.getRenewTime(),
        record.getLeaderTransitions());
  }

  private void run(Runnable request) {
    attempt(
        () -> {
          request.run();
          return null;
        });
  }

  private <T> T attempt(Supplier<T> request) {
    try {
      T answer = request.get();
      if (failing) {
        log.info("{}: can be read and written again", lock.describe());
      }
      failing = false;
      return answer;
    } catch (KubernetesClientException e) {
      tell(e);
      throw e;
    } catch (RuntimeException e) {
      // The elector would end without a word; what is wrong with the Lease may be put right.
      tell(e);
      throw new KubernetesClientException(lock.describe() + " cannot be understood", e);
    }
  }

  private void tell(RuntimeException failure) {
    boolean lostRace =
        failure instanceof KubernetesClientException refused
            && refused.getCode() == HttpURLConnection.HTTP_CONFLICT;
    if (!failing && !lostRace) {
      failing = true;
      log.warn("{}: cannot be read or written: {}", lock.describe(), ApiFailure.reason(failure));
    }
  }

  @Override
  public String identity() {
    return lock.identity();
  }

  @Override
  public String describe() {
    return lock.describe();
  }
}
