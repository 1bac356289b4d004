package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
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
