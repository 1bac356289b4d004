package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoredTest {
  private static final Check CHECK = new Check("i915-1", "v1", null);
  private static final Duration PERIOD = Duration.ofMinutes(10);

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
    stored.changed(old);
    assertThat(checks()).isEqualTo(1);
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
    store.endWatch();
    store.restore(restored);
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

  private int checks() {
    return stored.current().orElseThrow().getSpec().checks().size();
  }
}
