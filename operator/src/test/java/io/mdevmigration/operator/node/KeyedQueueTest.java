package io.mdevmigration.operator.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class KeyedQueueTest {
  @Test
  void aKeyThatIsAddedWhileItIsHandledIsHandledOnceMoreAndNeverTwiceAtATime() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch twice = new CountDownLatch(2);
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (KeyedQueue queue =
        new KeyedQueue(
            4,
            key -> {
              most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
              running.countDown();
              await(release);
              atOnce.decrementAndGet();
              twice.countDown();
            })) {
      queue.add("a");
      await(running);
      queue.add("a");
      queue.add("a");
      queue.add("a");
      release.countDown();
      assertThat(twice.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(most).hasValue(1);
    assertThat(atOnce).hasValue(0);
  }

  @Test
  void whatGoesFirstIsHandledBeforeAllThatWait() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(6);
    List<String> order = new CopyOnWriteArrayList<>();
    try (KeyedQueue queue =
        new KeyedQueue(
            1,
            key -> {
              running.countDown();
              await(release);
              order.add(key);
              done.countDown();
            })) {
      queue.add("running");
      await(running);
      queue.add("a");
      queue.add("b");
      queue.add("c");
      queue.addFirst("c");
      // Whoever is being handled goes first afterwards, also if it is added in its turn besides.
      queue.addFirst("running");
      queue.add("running");
      queue.add("d");
      assertThat(queue.length()).isEqualTo(5);
      release.countDown();
      await(done);
    }
    assertThat(order).containsExactly("running", "c", "running", "a", "b", "d");
  }

  @Test
  void whatWentFirstAndFailedGoesFirstAgainHoweverManyWait() throws Exception {
    int crowd = 200;
    CountDownLatch done = new CountDownLatch(crowd + 1);
    AtomicInteger tries = new AtomicInteger();
    List<String> order = new CopyOnWriteArrayList<>();
    try (KeyedQueue queue =
        new KeyedQueue(
            1,
            key -> {
              if (key.equals("first") && tries.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
              }
              pause(Duration.ofMillis(5));
              order.add(key);
              done.countDown();
            })) {
      for (int i = 0; i < crowd; i++) {
        queue.add("n" + i);
      }
      queue.addFirst("first");
      Awaitility.await().until(() -> tries.get() == 1);
      // By somebody who does not know how urgent it is.
      queue.add("first");
      await(done);
    }
    // After 200 ms at most; all of the crowd take a second.
    assertThat(order.indexOf("first")).isLessThan(crowd / 2);
  }

  @Test
  void whatIsAddedAfterTheEndIsNotHandled() {
    List<String> handled = new CopyOnWriteArrayList<>();
    KeyedQueue queue = new KeyedQueue(1, handled::add);
    queue.close();
    queue.add("a");
    queue.addFirst("b");
    queue.addAfter("c", Duration.ZERO);
    assertThat(queue.length()).isZero();
    assertThat(handled).isEmpty();
  }

  @Test
  void anEndLeavesWhatWaits() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    List<String> handled = new CopyOnWriteArrayList<>();
    KeyedQueue queue =
        new KeyedQueue(
            1,
            key -> {
              running.countDown();
              pause(Duration.ofMillis(200));
              handled.add(key);
            });
    queue.add("running");
    await(running);
    queue.add("waits");
    queue.close();
    assertThat(handled).containsExactly("running");
  }

  @Test
  void aStandstillIsWhenNothingOfWhatIsBeingHandledEndsAndNothingElseBegins() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (KeyedQueue queue =
        new KeyedQueue(
            2,
            key -> {
              if (key.equals("stuck")) {
                stuck.countDown();
                await(release);
              }
            })) {
      assertThat(queue.standsStill()).as("nothing to do").isZero();
      queue.add("stuck");
      await(stuck);
      for (int i = 0; i < 10; i++) {
        TimeUnit.MILLISECONDS.sleep(100);
        queue.add("other" + i);
      }
      Awaitility.await().until(() -> queue.standsStill().toMillis() < 500);
      Awaitility.await().until(() -> queue.standsStill().toMillis() > 1000);
      queue.add("other");
      Awaitility.await().until(() -> queue.standsStill().toMillis() < 500);
      release.countDown();
      Awaitility.await().until(() -> queue.standsStill().isZero());
    }
  }

  @Test
  void whatFailsIsTriedAgain() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger tries = new AtomicInteger();
    try (KeyedQueue queue =
        new KeyedQueue(
            1,
            key -> {
              if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
              }
              done.countDown();
            })) {
      queue.add("a");
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(tries).hasValue(3);
  }

  @Test
  void aKeyHasOneTimerHoweverOftenItIsHandled() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    AtomicReference<KeyedQueue> self = new AtomicReference<>();
    try (KeyedQueue queue =
        new KeyedQueue(
            1,
            key -> {
              runs.incrementAndGet();
              self.get().addAfter(key, Duration.ofMillis(200));
            })) {
      self.set(queue);
      for (int i = 0; i < 20; i++) {
        queue.add("a");
        Thread.sleep(5);
      }
      int afterEvents = runs.get();
      Thread.sleep(1_000);
      assertThat(runs.get() - afterEvents).as("five timers in a second").isBetween(1, 10);
    }
  }

  @Test
  void whatKeepsFailingIsTriedMoreAndMoreRarely() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    try (KeyedQueue queue =
        new KeyedQueue(
            1,
            key -> {
              tries.incrementAndGet();
              throw new IllegalStateException("never");
            })) {
      queue.add("a");
      Thread.sleep(1_500);
      assertThat(tries.get()).isBetween(2, 6);
    }
  }

  @Test
  void differentKeysAreAllHandled() throws Exception {
    CountDownLatch done = new CountDownLatch(100);
    var handled = ConcurrentHashMap.<String>newKeySet();
    List<String> order = new CopyOnWriteArrayList<>();
    try (KeyedQueue queue =
        new KeyedQueue(
            3,
            key -> {
              handled.add(key);
              order.add(key);
              done.countDown();
            })) {
      for (int i = 0; i < 100; i++) {
        queue.add("n" + i);
      }
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(handled).hasSize(100);
    assertThat(order).hasSize(100);
  }

  private static void pause(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
