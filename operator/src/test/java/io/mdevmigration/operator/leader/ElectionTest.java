package io.mdevmigration.operator.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.mdevmigration.operator.watch.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ElectionTest {
  private static final LeaseTerms TERMS =
      new LeaseTerms(
          "default", "test", Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofMillis(200));

  private final KubernetesClient client = new KubernetesClientBuilder().build();
  private final StoredLock.Store store = new StoredLock.Store();
  private final List<AutoCloseable> toClose = new ArrayList<>();

  private static final class Replica implements Election.Replica {
    private final List<String> happened = new CopyOnWriteArrayList<>();

    @Override
    public void lead() {
      happened.add("lead");
    }

    @Override
    public void lost(String why) {
      happened.add("lost");
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : toClose) {
      each.close();
    }
    client.close();
  }

  @Test
  void oneLeadsAndAnotherFollowsAtOnceWhenTheFirstHasEndedInOrder() {
    Replica first = new Replica();
    Election leader = start(new StoredLock(store, "first"), first);
    await().until(() -> first.happened.contains("lead"));
    Replica second = new Replica();
    start(new StoredLock(store, "second"), second);
    LeaderElectionRecord before = store.record().orElseThrow();
    await().until(() -> !store.record().orElseThrow().equals(before));
    assertThat(second.happened).isEmpty();
    leader.close();
    assertThat(store.record().orElseThrow().getHolderIdentity()).isNotEqualTo("first");
    await().until(() -> second.happened.contains("lead"));
    assertThat(first.happened).as("it knew").containsExactly("lead");
    assertThat(store.record().orElseThrow().getHolderIdentity()).isEqualTo("second");
  }

  @Test
  void aLeaderWhoseRenewalHangsHasLostBeforeAnotherLeads() {
    Replica first = new Replica();
    StoredLock lock = new StoredLock(store, "first");
    start(lock, first);
    await().until(() -> first.happened.contains("lead"));
    CountDownLatch never = lock.hang();
    Replica second = new Replica();
    start(new StoredLock(store, "second"), second);
    await()
        .until(
            () -> {
              boolean ledBySecond = second.happened.contains("lead");
              assertThat(!ledBySecond || first.happened.contains("lost")).isTrue();
              return ledBySecond;
            });
    assertThat(first.happened).containsExactly("lead", "lost");
    never.countDown();
  }

  @Test
  void aLeaderThatCannotReachTheLeaseLosesIt() {
    Replica replica = new Replica();
    StoredLock lock = new StoredLock(store, "first");
    start(lock, replica);
    await().until(() -> replica.happened.contains("lead"));
    lock.fail(new KubernetesClientException("no route to host"));
    await().until(() -> replica.happened.contains("lost"));
  }

  @Test
  void aLeaderWhoseLeaseIsAnothersHasLost() {
    Replica replica = new Replica();
    start(new StoredLock(store, "first"), replica);
    await().until(() -> replica.happened.contains("lead"));
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    store.set(new LeaderElectionRecord("usurper", Duration.ofSeconds(3), now, now, 7));
    await().until(() -> replica.happened.contains("lost"));
    assertThat(store.record().orElseThrow().getHolderIdentity()).isEqualTo("usurper");
  }

  @Test
  void whoDoesNotLeadReleasesNothing() {
    Replica first = new Replica();
    start(new StoredLock(store, "first"), first);
    await().until(() -> first.happened.contains("lead"));
    Election standby = start(new StoredLock(store, "second"), new Replica());
    standby.close();
    assertThat(store.record().orElseThrow().getHolderIdentity()).isEqualTo("first");
  }

  @Test
  void whoWasHeldUpBeyondTheDeadlineHoldsNothingBeforeAnyTimerHasToldIt() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    StoredLock lock = new StoredLock(store, "first");
    Replica replica = new Replica();
    Election election = start(lock, replica, now::get);
    await().until(election::isHeld);
    CountDownLatch never = lock.hang();
    try {
      now.updateAndGet(at -> at.plus(TERMS.renewDeadline()).plusMillis(1));
      assertThat(election.isHeld()).isFalse();
      assertThat(replica.happened).as("the timer has not gone off").doesNotContain("lost");
    } finally {
      never.countDown();
    }
  }

  @Test
  void onlyWhoLeadsHoldsTheLease() {
    Replica replica = new Replica();
    Election leader = start(new StoredLock(store, "first"), replica);
    await().until(() -> replica.happened.contains("lead"));
    Election standby = start(new StoredLock(store, "second"), new Replica());
    assertThat(leader.isHeld()).isTrue();
    assertThat(standby.isHeld()).isFalse();
    leader.close();
    assertThat(leader.isHeld()).isFalse();
  }

  private Election start(StoredLock lock, Replica replica) {
    return start(lock, replica, new MonotonicClock());
  }

  private Election start(StoredLock lock, Replica replica, InstantSource uptime) {
    Election election = new Election(client, TERMS, lock, uptime);
    toClose.add(0, election);
    election.start(replica);
    return election;
  }
}
