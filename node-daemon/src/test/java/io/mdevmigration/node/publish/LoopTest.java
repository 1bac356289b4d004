package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(4);
  private final AtomicInteger steps = new AtomicInteger();

  @AfterEach
  void end() {
    executor.shutdownNow();
  }

  @Test
  void manyEventsAreOneStep() throws Exception {
    Loop loop = loop(Duration.ofHours(1));
    for (int i = 0; i < 100; i++) {
      loop.wake();
    }
    await().until(() -> steps.get() > 0);
    TimeUnit.MILLISECONDS.sleep(100);
    assertThat(steps).hasValue(1);
  }

  @Test
  void aStepSaysWhenTheNextIsDue() {
    loop(Duration.ofMillis(5)).wake();
    await().until(() -> steps.get() > 3);
  }

  @Test
  void anEventDuringAStepIsNotLost() {
    AtomicInteger running = new AtomicInteger();
    Loop[] loop = new Loop[1];
    loop[0] =
        new Loop(
            executor,
            Duration.ofMillis(5),
            () -> {
              assertThat(running.incrementAndGet()).as("one at a time").isEqualTo(1);
              if (steps.incrementAndGet() == 1) {
                loop[0].wake();
              }
              running.decrementAndGet();
              return Duration.ofHours(1);
            });
    loop[0].wake();
    await().until(() -> steps.get() == 2);
  }

  @Test
  void nothingRunsAfterTheEnd() throws Exception {
    Loop loop = loop(Duration.ofMillis(1));
    loop.wake();
    await().until(() -> steps.get() > 0);
    loop.close(Duration.ofSeconds(5));
    int before = steps.get();
    loop.wake();
    TimeUnit.MILLISECONDS.sleep(50);
    assertThat(steps).hasValue(before);
  }

  @Test
  void aStepThatDoesNotGoOnIsNoticedAndOneThatDoesIsNot() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Loop loop =
        new Loop(
            executor,
            Duration.ofMillis(5),
            () -> {
              steps.incrementAndGet();
              awaitOrFail(end);
              return Duration.ofHours(1);
            });
    assertThat(loop.standsStill()).as("not begun").isLessThanOrEqualTo(Duration.ZERO);
    loop.wake();
    await().until(() -> loop.standsStill().toMillis() > 300);
    loop.getsOn();
    assertThat(loop.standsStill()).isLessThan(Duration.ofMillis(300));
    await().until(() -> loop.standsStill().toMillis() > 300);
    end.countDown();
    await().until(() -> loop.standsStill().isNegative());
    TimeUnit.MILLISECONDS.sleep(50);
    assertThat(loop.standsStill()).as("waits for its hour").isNegative();
  }

  @Test
  void aStepThatIsDueAndDoesNotBeginIsNoticed() {
    CountDownLatch end = new CountDownLatch(1);
    try {
      for (int i = 0; i < 4; i++) {
        executor.execute(() -> awaitOrFail(end));
      }
      Loop loop = loop(Duration.ofHours(1));
      loop.wake();
      await().until(() -> loop.standsStill().toMillis() > 200);
      assertThat(steps).hasValue(0);
      loop.close(Duration.ZERO);
      assertThat(loop.standsStill()).as("closed").isZero();
    } finally {
      end.countDown();
    }
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Loop loop(Duration next) {
    return new Loop(
        executor,
        Duration.ofMillis(5),
        () -> {
          steps.incrementAndGet();
          return next;
        });
  }
}
