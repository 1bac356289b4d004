package io.mdevmigration.operator.leader;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** One replica's view of a lease that is stored in memory. */
final class StoredLock implements Lock {
  /** What is stored. */
  static final class Store {
    private Optional<LeaderElectionRecord> record = Optional.empty();
    private int version;

    synchronized Optional<LeaderElectionRecord> record() {
      return record;
    }

    synchronized void set(LeaderElectionRecord stored) {
      record = Optional.of(stored);
      version++;
    }

    synchronized void set(int expected, LeaderElectionRecord stored) {
      if (version != expected) {
        throw new KubernetesClientException("conflict", 409, null);
      }
      set(stored);
    }
  }

  private final Store store;
  private final String identity;
  private int version;
  private volatile Optional<RuntimeException> failure = Optional.empty();
  private volatile Optional<CountDownLatch> hanging = Optional.empty();

  StoredLock(Store store, String identity) {
    this.store = store;
    this.identity = identity;
  }

  void fail(RuntimeException e) {
    failure = Optional.of(e);
  }

  void heal() {
    failure = Optional.empty();
  }

  CountDownLatch hang() {
    CountDownLatch latch = new CountDownLatch(1);
    hanging = Optional.of(latch);
    return latch;
  }

  private void suffer() {
    failure.ifPresent(
        e -> {
          throw e;
        });
    hanging.ifPresent(
        latch -> {
          try {
            latch.await();
          } catch (InterruptedException e) {
            throw new KubernetesClientException("interrupted", e);
          }
        });
  }

  @Override
  public LeaderElectionRecord get(KubernetesClient client) {
    suffer();
    synchronized (store) {
      version = store.version;
      return store.record.orElse(null);
    }
  }

  @Override
  public void create(KubernetesClient client, LeaderElectionRecord record) {
    suffer();
    store.set(0, record);
  }

  @Override
  public void update(KubernetesClient client, LeaderElectionRecord record) {
    suffer();
    store.set(version, record);
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public String describe() {
    return "a lease in memory";
  }
}
