package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredTest {
  private static final Check CHECK = new Check("i915-1", "v1", null);
  private static final Duration PERIOD = Duration.ofMinutes(10);

  private static final MdevNodeStateStatus EMPTY =
      new MdevNodeStateStatus(null, null, null, null, null);

  private final FakeStore store = new FakeStore();
  private final LaggingStore lagging = new LaggingStore(store);
  private final TestClock clock = new TestClock();
  private final Stored stored = new Stored(lagging, PERIOD, 0, clock, () -> {});

  @Test
  void anEventOfBeforeWhatIsKnownIsNotBelieved() {
    store.check();
    MdevNodeState old = store.get().orElseThrow();
    store.check(CHECK);
    stored.seen();
    store.listener().changed(old);
    assertThat(checks()).isEqualTo(1);
  }

  @Test
  void aDeafWatchIsReplacedByTheNextLook() {
    store.check();
    stored.seen();
    store.changeSilently(spec -> new MdevNodeStateSpec(List.of(CHECK), null, null));
    stored.seen();
    assertThat(checks()).isZero();
    clock.forward(PERIOD);
    stored.seen();
    assertThat(checks()).isEqualTo(1);
    assertThat(store.watches()).isEqualTo(2);
  }

  @Test
  void theOldWatchIsHeardUntilTheNewOneIsOpenAndNotAfterwards() {
    store.check();
    stored.seen();
    StateStore.Listener old = store.listener();
    clock.forward(PERIOD);
    lagging.meanwhile(() -> store.check(CHECK));
    stored.seen();
    assertThat(checks()).as("told by the old one while looking").isEqualTo(1);
    old.deleted();
    old.ended();
    assertThat(stored.lookDue()).as("nobody listens").isAfter(clock.instant());
  }

  @Test
  void aWatchThatCannotBeOpenedLeavesTheOldOneOpen() {
    store.check();
    stored.seen();
    clock.forward(PERIOD);
    lagging.meanwhile(() -> store.away(true));
    stored.seen();
    store.check(CHECK);
    assertThat(checks()).isEqualTo(1);
  }

  @Test
  void aWatchThatEndsAgainAndAgainIsNotOpenedAllTheTime() {
    store.check();
    for (int i = 0; i < 20; i++) {
      stored.seen();
      store.endWatch();
    }
    assertThat(store.watches()).isLessThanOrEqualTo(3);
    clock.forward(Duration.ofMinutes(1));
    stored.seen();
    clock.forward(Duration.ofMinutes(1));
    int before = store.watches();
    store.endWatch();
    stored.seen();
    assertThat(store.watches()).as("this one had lasted").isEqualTo(before + 1);
  }

  @Test
  void aWriteIntoARestoredStoreIsSeenThoughItsVersionIsOlder() {
    Stored direct = new Stored(store, PERIOD, 0, clock, () -> {});
    store.check();
    MdevNodeState restored = store.get().orElseThrow();
    store.check(CHECK);
    store.check(CHECK);
    MdevNodeState seen = direct.seen().orElseThrow();
    store.restore(restored);
    direct.write(seen, EMPTY);
    assertThat(direct.current().orElseThrow().getSpec().checks()).isEmpty();
    assertThat(direct.current().orElseThrow().getStatus()).isEqualTo(EMPTY);
    assertThat(direct.lookDue()).as("looked up at once").isBefore(clock.instant());
  }

  @Test
  void aWatchThatEndsIsOpenedAgainByTheNextLook() {
    store.check();
    stored.seen();
    store.endWatch();
    stored.seen();
    store.check(CHECK);
    assertThat(checks()).isEqualTo(1);
  }

  @Test
  void aLookThatEndsAfterANewerEventDoesNotTakeItBack() {
    store.check();
    stored.seen();
    clock.forward(PERIOD);
    lagging.meanwhile(() -> store.check(CHECK));
    stored.seen();
    assertThat(checks()).isEqualTo(1);
  }

  @Test
  void aLookBelievesARestoredStore() {
    store.check();
    MdevNodeState restored = store.get().orElseThrow();
    store.check(CHECK);
    stored.seen();
    store.restore(restored);
    clock.forward(PERIOD);
    stored.seen();
    assertThat(checks()).isZero();
  }

  @Test
  void aClockPutBackDoesNotStopTheLooks() {
    store.check();
    clock.forward(Duration.ofDays(365));
    stored.seen();
    clock.back(Duration.ofDays(365));
    stored.seen();
    assertThat(stored.lookDue()).isBeforeOrEqualTo(clock.instant().plus(PERIOD));
  }

  @Test
  void theFirstWriteThatGetsThroughIsFollowedByANewWatch() {
    Stored direct = new Stored(store, PERIOD, 0, clock, () -> {});
    store.check();
    MdevNodeState seen = direct.seen().orElseThrow();
    store.away(true);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> direct.write(seen, EMPTY)).isInstanceOf(StoreException.class);
    }
    direct.seen();
    assertThat(store.watches()).isEqualTo(1);
    store.away(false);
    for (int i = 0; i < 2; i++) {
      direct.write(seen, EMPTY);
      direct.seen();
      assertThat(store.watches()).isEqualTo(2);
    }
  }

  private int checks() {
    return stored.current().orElseThrow().getSpec().checks().size();
  }
}
