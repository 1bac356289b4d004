package io.mdevmigration.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FollowerTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Rhythm CALM = new Rhythm(NEVER, NEVER, NEVER, Duration.ofMillis(50));

  private final FakeResources server = new FakeResources();
  private final Told told = new Told();
  private Follower<ConfigMap> follower;

  /** The state that the listener was told, and every version in the order of telling. */
  private static final class Told implements Follower.Listener<ConfigMap> {
    private final Map<String, String> now = new TreeMap<>();
    private final List<String> all = new ArrayList<>();
    private final List<Boolean> watchEnded = new ArrayList<>();
    private boolean broken;

    @Override
    public synchronized void listed(ConfigMap object, Instant began) {
      put(object);
    }

    @Override
    public synchronized void told(ConfigMap object) {
      if (broken) {
        throw new IllegalStateException("broken");
      }
      put(object);
    }

    @Override
    public synchronized void removed(String name) {
      all.add("-" + name);
      now.remove(name);
    }

    @Override
    public synchronized void complete(boolean ended) {
      watchEnded.add(ended);
    }

    private void put(ConfigMap object) {
      String name = object.getMetadata().getName();
      all.add(name + object.getMetadata().getResourceVersion());
      now.put(name, object.getMetadata().getResourceVersion());
    }

    synchronized Map<String, String> now() {
      return Map.copyOf(now);
    }

    synchronized List<String> all() {
      return List.copyOf(all);
    }

    synchronized List<Boolean> watchEnded() {
      return List.copyOf(watchEnded);
    }
  }

  @AfterEach
  void close() {
    follower.close();
  }

  @Test
  void everyObjectIsToldOnceThenEachChange() {
    server.pages(2);
    List.of("a", "b", "c", "d", "e").forEach(server::put);
    follow(CALM);
    assertThat(told.now()).containsOnlyKeys("a", "b", "c", "d", "e");
    assertThat(follower.size()).isEqualTo(5);
    awaitWatch();
    server.put("f");
    server.delete("a");
    awaitNow(Map.of("b", "102", "c", "103", "d", "104", "e", "105", "f", "106"));
    assertThat(server.lists()).as("pages").isEqualTo(3);
  }

  @Test
  void afterTheEndOfAWatchEverythingIsListedAfresh() {
    server.put("a");
    server.put("b");
    follow(CALM);
    awaitWatch();
    server.deafen();
    server.delete("a");
    server.put("b");
    server.put("c");
    server.cut();
    awaitNow(Map.of("b", "104", "c", "105"));
    assertThat(told.watchEnded()).containsExactly(false, true);
    awaitWatch();
    server.put("d");
    await().until(() -> told.now().containsKey("d"));
  }

  @Test
  void aWatchThatHearsNothingIsOpenedAnew() {
    server.put("a");
    follow(new Rhythm(NEVER, SHORT, NEVER, SHORT));
    awaitWatch();
    server.deafen();
    server.put("b");
    await().until(() -> told.now().containsKey("b"));
    assertThat(told.watchEnded()).startsWith(false, true);
  }

  @Test
  void aWatchOverWhichBookmarksComeIsLeftAlone() {
    follow(new Rhythm(NEVER, SHORT.multipliedBy(10), NEVER, SHORT));
    awaitWatch();
    for (int i = 0; i < 30; i++) {
      await().pollDelay(SHORT.dividedBy(2)).until(() -> true);
      server.bookmark();
    }
    assertThat(server.watchesOpened()).isEqualTo(1);
  }

  @Test
  void everythingIsListedAfreshWhenItIsDueAlthoughTheWatchWorks() {
    server.put("a");
    follow(new Rhythm(SHORT, NEVER, NEVER, SHORT));
    awaitWatch();
    server.restore(7, "a", "old");
    awaitNow(Map.of("a", "7", "old", "7"));
    assertThat(told.watchEnded()).doesNotContain(true);
    // What comes next has smaller numbers than what was told before the restore.
    await().until(() -> server.openWatches() == 1);
    server.put("new");
    await().until(() -> "8".equals(told.now().get("new")));
  }

  @Test
  void aListThatFailsTakesNothingAway() {
    server.put("a");
    follow(CALM);
    awaitWatch();
    server.fail(new KubernetesClientException("no"));
    server.cut();
    int before = server.lists();
    await().until(() -> server.lists() > before + 3);
    assertThat(told.now()).containsOnlyKeys("a");
    server.heal();
    server.put("b");
    await().until(() -> told.now().containsKey("b"));
  }

  @Test
  void aListThatBreaksOffTakesNothingAway() {
    server.pages(1);
    List.of("a", "b", "c").forEach(server::put);
    follow(CALM);
    awaitWatch();
    server.deafen();
    server.delete("a");
    int before = server.lists();
    server.whileReading(
        () -> {
          if (server.lists() == before + 2) {
            throw new KubernetesClientException("the continue token has expired", 410, null);
          }
        });
    AtomicBoolean sawAll = new AtomicBoolean(true);
    server.cut();
    await()
        .until(
            () -> {
              // The first listing breaks off at its second page, the second one is complete.
              sawAll.compareAndSet(
                  true, told.now().containsKey("a") || server.lists() > before + 2);
              return !told.now().containsKey("a");
            });
    assertThat(sawAll).isTrue();
    assertThat(told.now()).containsOnlyKeys("b", "c");
  }

  @Test
  void aListThatNeverEndsIsGivenUpAndTheWatchGoesOnMeanwhile() {
    server.put("a");
    follow(new Rhythm(NEVER, NEVER, SHORT, SHORT));
    awaitWatch();
    CountDownLatch never = server.hang();
    CompletableFuture<Void> fresh = follower.refresh();
    int before = server.lists();
    await().until(() -> server.lists() > before + 2);
    server.put("b");
    await().until(() -> told.now().containsKey("b"));
    assertThat(fresh).isNotDone();
    server.heal();
    fresh.join();
    assertThat(told.now()).containsOnlyKeys("a", "b");
    assertThat(told.watchEnded()).doesNotContain(true);
    never.countDown();
  }

  @Test
  void whatIsToldWhileAListIsReadIsNotToldBack() {
    server.put("a");
    server.put("b");
    server.put("c");
    follow(CALM);
    awaitWatch();
    server.whileReading(
        () -> {
          server.put("a");
          server.delete("b");
          server.put("new");
        });
    follower.refresh().join();
    server.heal();
    // The watch that takes over begins where the list does.
    await().until(() -> server.watchesOpened() == 2 && server.openWatches() == 1);
    server.tellAgain(Action.MODIFIED, "a", 104);
    server.tellAgain(Action.DELETED, "b", 105);
    server.tellAgain(Action.ADDED, "new", 106);
    server.put("last");
    await().until(() -> told.now().containsKey("last"));
    assertThat(told.all())
        .containsExactly("a101", "b102", "c103", "a104", "-b", "new106", "c103", "last107");
  }

  @Test
  void aMistakeInTheListenerIsReportedAndNotSwallowed() {
    follow(CALM);
    awaitWatch();
    told.broken = true;
    server.put("a");
    assertThat(follower.failed().toCompletableFuture().join()).contains("broken");
  }

  @Test
  void afterCloseNothingIsToldAndNobodyWaits() {
    follow(CALM);
    awaitWatch();
    CountDownLatch never = server.hang();
    CompletableFuture<Void> fresh = follower.refresh();
    await().until(() -> server.lists() == 2);
    follower.close();
    await().until(() -> fresh.isCancelled());
    assertThat(follower.refresh()).isCancelled();
    assertThat(server.openWatches()).isZero();
    assertThat(follower.failed().toCompletableFuture()).isNotDone();
    never.countDown();
  }

  private void follow(Rhythm rhythm) {
    follower = new Follower<>("things", server, told, rhythm, new MonotonicClock());
    follower.start().join();
  }

  private void awaitWatch() {
    await().until(() -> server.openWatches() > 0);
  }

  private void awaitNow(Map<String, String> expected) {
    await().untilAsserted(() -> assertThat(told.now()).isEqualTo(expected));
  }
}
