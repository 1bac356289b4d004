package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyWatchTest {
  private final FakeStore store = new FakeStore();
  private final TestClock clock = new TestClock();
  private final PolicyWatch required =
      new PolicyWatch(store, AdmissionPolicies.REQUIRED, "n", clock);

  @Test
  void nothingIsDecidedBeforeThereIsAConnection() {
    assertThat(required.permission(0)).isInstanceOf(Permission.Undecided.class);
    assertThat(store.attempts()).isZero();
  }

  @Test
  void eachConnectionIsLookedAtOnce() {
    assertThat(required.permission(1)).isInstanceOf(Permission.Granted.class);
    clock.forward(Duration.ofHours(1));
    required.permission(1);
    assertThat(store.attempts()).isEqualTo(1);
    store.refuse(Optional.empty());
    assertThat(required.permission(2)).isInstanceOf(Permission.Withheld.class);
    assertThat(store.attempts()).isEqualTo(2);
  }

  @Test
  void whileTheyAreNotInForceItIsLookedAgainLessAndLessOften() {
    store.refuse(Optional.empty());
    for (int second = 0; second < 600; second++) {
      required.permission(1);
      clock.forward(Duration.ofSeconds(1));
    }
    assertThat(store.attempts()).isBetween(10, 30);
    store.refuse(inForce());
    clock.forward(Duration.ofMinutes(1));
    assertThat(required.permission(1)).isInstanceOf(Permission.Granted.class);
    assertThat(required.due()).isEmpty();
  }

  @Test
  void anAttemptThatTellsNothingChangesNothingAndIsRepeated() {
    required.permission(1);
    store.refuse(Optional.of(new Refusal(503, "later")));
    assertThat(required.permission(2)).isInstanceOf(Permission.Granted.class);
    store.away(true);
    clock.forward(Duration.ofSeconds(1));
    assertThat(required.permission(2)).isInstanceOf(Permission.Granted.class);
    store.away(false);
    store.refuse(Optional.empty());
    clock.forward(Duration.ofSeconds(2));
    assertThat(required.permission(2)).isInstanceOf(Permission.Withheld.class);
  }

  @Test
  void whoDoesWithoutThemNeverLooks() {
    PolicyWatch without = new PolicyWatch(store, AdmissionPolicies.NOT_REQUIRED, "n", clock);
    assertThat(without.permission(0)).isInstanceOf(Permission.Granted.class);
    assertThat(without.permission(1)).isInstanceOf(Permission.Granted.class);
    assertThat(store.attempts()).isZero();
  }

  private static Optional<Refusal> inForce() {
    return new FakeStore().tryAsAnother();
  }
}
