package io.mdevmigration.operator.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedLockTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  private final KubernetesClient client = new KubernetesClientBuilder().build();
  private final StoredLock.Store store = new StoredLock.Store();
  private final StoredLock stored = new StoredLock(store, "us");
  private final List<Instant> renewed = new ArrayList<>();
  private Instant now = START;
  private final GuardedLock lock = new GuardedLock(stored, () -> now, renewed::add);

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void aRenewalIsAsOldAsItHasBeenKnownHereWhateverTheOthersClockSays() {
    for (Duration skew : List.of(Duration.ofHours(-5), Duration.ofHours(5))) {
      store.set(record("other", ZonedDateTime.now(ZoneOffset.UTC).plus(skew)));
      assertThat(age()).isLessThan(Duration.ofSeconds(5));
      now = now.plusSeconds(60);
      assertThat(age()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(65));
      store.set(record("other", ZonedDateTime.now(ZoneOffset.UTC).plus(skew).plusSeconds(2)));
      assertThat(age()).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void whatIsGivenUpIsNobodysAtOnce() {
    lock.create(client, record("us", ZonedDateTime.now(ZoneOffset.UTC)));
    lock.get(client);
    lock.update(client, record(null, ZonedDateTime.now(ZoneOffset.UTC)));
    assertThat(store.record().orElseThrow().getHolderIdentity()).isEmpty();
    assertThat(renewed).as("giving up is no renewal").hasSize(1);
  }

  @Test
  void aRenewalCountsFromWhenItWasAskedForAndOnlyIfItSucceeds() {
    lock.create(client, record("us", ZonedDateTime.now(ZoneOffset.UTC)));
    now = START.plusSeconds(2);
    lock.get(client);
    lock.update(client, record("us", ZonedDateTime.now(ZoneOffset.UTC)));
    store.set(record("other", ZonedDateTime.now(ZoneOffset.UTC)));
    assertThatThrownBy(() -> lock.update(client, record("us", ZonedDateTime.now(ZoneOffset.UTC))))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(renewed).containsExactly(START, START.plusSeconds(2));
  }

  @Test
  void aLeaseThatCannotBeUnderstoodIsAFailureLikeAnyOther() {
    stored.fail(new NullPointerException("leaseDurationSeconds"));
    assertThatThrownBy(() -> lock.get(client)).isInstanceOf(KubernetesClientException.class);
    stored.heal();
    assertThat(lock.get(client)).isNull();
  }

  private Duration age() {
    return Duration.between(lock.get(client).getRenewTime(), ZonedDateTime.now(ZoneOffset.UTC));
  }

  private static LeaderElectionRecord record(String holder, ZonedDateTime renewal) {
    return new LeaderElectionRecord(holder, Duration.ofSeconds(15), renewal, renewal, 0);
  }
}
