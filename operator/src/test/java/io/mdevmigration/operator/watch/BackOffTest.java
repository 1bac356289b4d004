package io.mdevmigration.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackOffTest {
  private final BackOff backOff = new BackOff(Duration.ofMillis(6400), new Random(1));

  @Test
  void eachWaitMayBeTwiceAsLongAsTheOneBeforeUpToTheLongest() {
    long ceiling = 100;
    for (int failure = 0; failure < 20; failure++) {
      assertThat(backOff.next().toMillis()).isBetween(ceiling / 2, ceiling);
      ceiling = Math.min(6400, ceiling * 2);
    }
  }

  @Test
  void afterASuccessTheNextFailureIsTheFirstAgain() {
    for (int failure = 0; failure < 20; failure++) {
      backOff.next();
    }
    backOff.reset();
    assertThat(backOff.next().toMillis()).isLessThanOrEqualTo(100);
  }
}
