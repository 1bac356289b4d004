package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.telemetry.Meters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeDaemonTest {
  private static final String TYPE = "i915-1";
  private static final Check OWN = new Check(TYPE, "v1", null);
  private static final Check OTHER = new Check(TYPE, "v2", null);

  /** Long enough for several steps, had one been wanted. */
  private static final Duration QUIET = Duration.ofMillis(400);

  private final FakePosix kernel = new FakePosix();
  private final FakeStore store = new FakeStore();
  private final TestClock clock = new TestClock();
  private final DaemonThreads threads = DaemonThreads.create(1);
  private final DaemonOptions options =
      DaemonOptions.DEFAULTS
          .withRescan(Duration.ofMillis(100))
          .withDeadline(Duration.ofMillis(150))
          .withDebounce(Duration.ofMillis(5));
  private NodeDaemon daemon;

  @BeforeEach
  void twoParents() {
    kernel.parent("a", "i915").type("a", TYPE, "v1").parent("b", "i915").type("b", TYPE, "v1");
  }

  @AfterEach
  void end() {
    stop();
    threads.shutdown();
  }

  @Test
  void inventoryAndWhatIsAboutToBeAskedAreOneWriteAndTheAnswersAnother() throws Exception {
    store.check(OWN, OTHER);
    start();
    awaitAnswers(2);
    quiet();
    assertThat(store.writes()).isEqualTo(2);
    assertThat(answer(OWN).verdict()).isEqualTo(Verdict.COMPATIBLE);
    assertThat(answer(OTHER).verdict()).isEqualTo(Verdict.INCOMPATIBLE);
    assertThat(answer(OTHER).refusedBy()).containsExactly("a", "b");
    assertThat(store.status().summary().asked()).isEqualTo(2);
    assertThat(ready().getReason()).isEqualTo("Ready");
    assertThat(kernel.writes).hasSize(4);
  }

  @Test
  void aRestartWithNothingChangedWritesNothingAndAsksNothing() throws Exception {
    store.check(OWN, OTHER);
    start();
    awaitAnswers(2);
    stop();
    int writes = store.writes();
    start();
    quiet();
    assertThat(store.writes()).isEqualTo(writes);
    assertThat(kernel.writes).hasSize(4);
  }

  @Test
  void theObjectIsCreatedWhereItIsMissingAndAgainWhenItIsDeleted() throws Exception {
    start();
    awaitAnswers(0);
    store.check(OWN);
    awaitAnswers(1);
    store.delete();
    await().until(() -> store.status() != null);
    store.check(OWN);
    awaitAnswers(1);
    quiet();
    assertThat(answer(OWN).verdict()).isEqualTo(Verdict.COMPATIBLE);
    assertThat(kernel.writes).as("what was answered is known").hasSize(2);
  }

  @Test
  void aCheckThatIsTakenAwayTakesItsAnswerAlong() {
    store.check(OWN, OTHER);
    start();
    awaitAnswers(2);
    store.check(OTHER);
    awaitAnswers(1);
    assertThat(answer(OTHER).verdict()).isEqualTo(Verdict.INCOMPATIBLE);
  }

  @Test
  void anAnswerIsNotAskedAgainBecauseItCouldNotBeWritten() {
    start();
    awaitAnswers(0);
    store.check(OWN);
    awaitAnswers(1);
    store.away(true);
    store.check(OWN, OTHER);
    await().until(() -> kernel.writes.size() >= 4);
    store.away(false);
    awaitAnswers(2);
    assertThat(kernel.writes).hasSize(4);
  }

  @Test
  void aWatchThatEndsIsOpenedAgain() {
    start();
    awaitAnswers(0);
    store.endWatch();
    store.check(OWN);
    awaitAnswers(1);
  }

  @Test
  void aWatchThatSleepsIsMadeUpForByLooking() {
    start();
    awaitAnswers(0);
    store.away(true);
    store.endWatch();
    store.away(false);
    store.check(OWN);
    clock.forward(Duration.ofMinutes(10));
    awaitAnswers(1);
  }

  @Test
  void itIsReadyOnceWhatItFoundIsStoredAndStaysSo() {
    store.away(true);
    start();
    await().until(() -> daemon.unready().isPresent());
    assertThat(daemon.stuck()).as("an API server that is away is not its own fault").isEmpty();
    store.away(false);
    clock.forward(Duration.ofMinutes(1));
    await().until(() -> daemon.unready().isEmpty());
    assertThat(answers()).isEqualTo(0);
    store.away(true);
    assertThat(daemon.unready()).isEmpty();
    stop();
    store.away(false);
    start();
    await().until(() -> daemon.unready().isEmpty());
  }

  @Test
  void driversThatTakeTheirTimeAreNoStandstillOfTheDaemon() {
    CountDownLatch hang = new CountDownLatch(1);
    for (String parent : List.of("c", "d", "e", "f", "g", "h", "i", "j")) {
      kernel.parent(parent, "slow").type(parent, TYPE, "v1");
      kernel.store(parent, TYPE, FakePosix.answering(text -> slept(hang)));
    }
    store.check(OWN);
    start(options.withDeadline(Duration.ofSeconds(2)));
    Duration longest = Duration.ZERO;
    long begin = System.nanoTime();
    while (answers() < 1 || answer(OWN).verdict() != Verdict.COMPATIBLE) {
      Duration still = daemon.standsStill();
      longest = still.compareTo(longest) > 0 ? still : longest;
      assertThat(System.nanoTime() - begin).isLessThan(Duration.ofSeconds(30).toNanos());
    }
    Duration all = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(all).isGreaterThan(Duration.ofMillis(8 * 200));
    assertThat(longest).isLessThan(all.dividedBy(2));
  }

  private static int slept(CountDownLatch hang) {
    try {
      return hang.await(200, TimeUnit.MILLISECONDS) ? 1 : 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  @Test
  void aStatusChangedByHandComesBack() {
    store.check(OWN);
    start();
    awaitAnswers(1);
    MdevNodeStateStatus before = store.status();
    store.tamper(new MdevNodeStateStatus(null, null, null, null, null));
    await()
        .until(
            () ->
                store.status().equals(before) || store.status().answers().equals(before.answers()));
    assertThat(kernel.writes).hasSize(2);
  }

  @Test
  void aReloadedDriverIsAskedAgainAndItsNewVersionPublishedInOneWrite() throws Exception {
    store.check(OWN, OTHER);
    start();
    awaitAnswers(2);
    quiet();
    int writes = store.writes();
    synchronized (kernel) {
      kernel.type("a", TYPE, "v2").type("b", TYPE, "v2");
    }
    await().until(() -> answer(OTHER).verdict() == Verdict.COMPATIBLE);
    assertThat(answer(OWN).verdict()).isEqualTo(Verdict.INCOMPATIBLE);
    assertThat(store.status().inventory().versions().get(0).version()).isEqualTo("v2");
    assertThat(store.writes()).isEqualTo(writes + 1);
  }

  @Test
  void aParentThatLeavesChangesTheAnswerWithoutAQuestion() throws Exception {
    kernel.store("b", TYPE, FakePosix.answering(text -> 121));
    store.check(OWN);
    start();
    await().until(() -> answers() == 1 && answer(OWN).verdict() == Verdict.INCOMPATIBLE);
    assertThat(answer(OWN).errnoName()).isEqualTo("EREMOTEIO");
    assertThat(answer(OWN).refusedBy()).containsExactly("b");
    stop();
    start();
    quiet();
    kernel.removeParent("b");
    await().until(() -> answer(OWN).verdict() == Verdict.COMPATIBLE);
    assertThat(kernel.writes).hasSize(2);
  }

  @Test
  void enoughRefusalsSpareTheOtherParents() {
    for (int i = 0; i < 30; i++) {
      kernel.parent("p%02d".formatted(i), "i915").type("p%02d".formatted(i), TYPE, "v1");
    }
    store.check(OTHER);
    start();
    awaitAnswers(1);
    assertThat(answer(OTHER).parents().refused()).isEqualTo(8);
    assertThat(answer(OTHER).refusedBy()).hasSize(8);
    assertThat(kernel.writes).hasSize(8);
  }

  @Test
  void readOnlySysfsIsTheInstallationsFaultAndHealsByItself() throws Exception {
    failOpen(Errno.EROFS);
    store.check(OWN, OTHER);
    start();
    awaitAnswers(2);
    quiet();
    assertThat(answer(OWN).verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(answer(OWN).reason()).isEqualTo("AgentMisconfigured");
    assertThat(ready().getStatus()).isEqualTo("False");
    assertThat(ready().getReason()).isEqualTo("AgentMisconfigured");
    assertThat(ready().getMessage()).contains("EROFS").contains("writable");
    assertThat(store.writes()).as("trying again writes nothing").isEqualTo(1);
    failOpen(0);
    await().until(() -> answer(OWN).verdict() == Verdict.COMPATIBLE);
    assertThat(ready().getStatus()).isEqualTo("True");
  }

  @Test
  void whatIsWrongWithTheInstallationIsShownBeforeAnythingIsAsked() {
    kernel.failOpen("/sys/devices", Errno.EROFS);
    start();
    awaitAnswers(0);
    assertThat(ready().getStatus()).isEqualTo("False");
    assertThat(ready().getReason()).isEqualTo("AgentMisconfigured");
    assertThat(ready().getMessage()).contains("/sys/devices is mounted read-only");
    kernel.failOpen("/sys/devices", 0);
    daemon.rescan();
    await().until(() -> ready().getStatus().equals("True"));
  }

  @Test
  void aDriverThatDoesNotReturnIsShownAndItsLateAnswerCounts() {
    CountDownLatch release = new CountDownLatch(1);
    kernel.parent("z", "nvidia").type("z", "nvidia-1", "v1");
    kernel.store("a", TYPE, hanging(release));
    kernel.store("b", TYPE, hanging(release));
    Check unaffected = new Check("nvidia-1", "v1", null);
    store.check(OWN, OTHER, unaffected);
    // Long enough for the reads of a busy machine: only the questions hang.
    start(options.withDeadline(Duration.ofSeconds(1)));
    await().until(() -> answers() == 3 && ready().getMessage().contains("a, b"));
    assertThat(answer(OWN).reason()).isEqualTo("DriverUnresponsive");
    assertThat(answer(unaffected).verdict()).isEqualTo(Verdict.COMPATIBLE);
    assertThat(ready().getReason()).isEqualTo("DriverUnresponsive");
    assertThat(ready().getMessage()).contains("driver i915").contains("left alone");
    release.countDown();
    await().until(() -> answer(OWN).verdict() == Verdict.COMPATIBLE);
    await().until(() -> answer(OTHER).verdict() == Verdict.COMPATIBLE);
    await().until(() -> ready().getStatus().equals("True"));
    assertThat(kernel.writes).as("each question once").hasSize(5);
  }

  @Test
  void whatPassesIsTriedFiveTimes() throws Exception {
    kernel.removeParent("b").store("a", TYPE, FakePosix.answering(text -> Errno.EBUSY));
    store.check(OWN);
    start();
    for (int attempt = 1; attempt <= 5; attempt++) {
      int expected = attempt;
      await().until(() -> kernel.writes.size() == expected && answers() == 1);
      clock.forward(Duration.ofMinutes(1));
      daemon.rescan();
    }
    quiet();
    assertThat(answer(OWN).reason()).isEqualTo("Exhausted");
    assertThat(kernel.writes).hasSize(5);
    kernel.type("a", TYPE, "v1");
    await().until(() -> answer(OWN).verdict() == Verdict.COMPATIBLE);
  }

  @Test
  void answersAreAskedAgainWhenTheyAreOldOrWhenToldTo() {
    store.check(OWN);
    start();
    awaitAnswers(1);
    clock.forward(Duration.ofHours(6));
    daemon.rescan();
    await().until(() -> kernel.writes.size() == 4);
    store.spec(spec -> new MdevNodeStateSpec(spec.checks(), null, "driver table fixed"));
    await().until(() -> kernel.writes.size() == 6);
    await().until(() -> answer(OWN).askAgain() != null);
  }

  @Test
  void theObservationIsRefreshedInTime() {
    start();
    awaitAnswers(0);
    String before = store.status().observedTime();
    clock.forward(Duration.ofHours(6));
    daemon.rescan();
    await().until(() -> !store.status().observedTime().equals(before));
    assertThat(Instant.parse(store.status().observedTime()))
        .isAfter(Instant.parse(before).plus(Duration.ofHours(5)));
  }

  @Test
  void anUnreadableTreeIsIncompleteAndLosesNothing() {
    store.check(OWN);
    start();
    awaitAnswers(1);
    MdevNodeStateStatus before = store.status();
    kernel.fail("/sys/class/mdev_bus", Errno.EACCES);
    await().until(() -> !store.status().inventory().complete());
    assertThat(store.status().answers()).isEqualTo(before.answers());
    assertThat(store.status().inventory().types()).isEqualTo(before.inventory().types());
    assertThat(ready().getReason()).isEqualTo("InventoryIncomplete");
    assertThat(ready().getMessage()).contains("/sys/class/mdev_bus").contains("EACCES (13)");
    kernel.fail("/sys/class/mdev_bus", 0);
    await().until(() -> store.status().inventory().complete());
    assertThat(kernel.writes).hasSize(2);
  }

  @Test
  void nothingIsDoneAfterTheEnd() throws Exception {
    start();
    awaitAnswers(0);
    stop();
    store.check(OWN);
    quiet();
    assertThat(kernel.writes).isEmpty();
  }

  @Test
  void anErrorIsWaitedForLikeAnyOtherFailure() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    kernel.show(
        "a",
        TYPE,
        () -> {
          reads.incrementAndGet();
          throw new NoClassDefFoundError("com/sun/jna/Native");
        });
    store.check(OWN);
    start();
    await().until(() -> reads.get() > 0);
    quiet();
    assertThat(reads.get()).isLessThanOrEqualTo(2);
    kernel.show("a", TYPE, () -> "v1\n");
    awaitAnswers(1);
  }

  @Test
  void aClockPutBackStopsNothing() {
    clock.forward(Duration.ofDays(365));
    start();
    awaitAnswers(0);
    clock.back(Duration.ofDays(365));
    kernel.parent("c", "i915").type("c", TYPE, "v1");
    await().until(() -> store.status().summary().parents() == 3);
  }

  @Test
  void aWriteThatIsLostIsNotRepeatedAtOnce() throws Exception {
    LaggingStore lagging = new LaggingStore(store);
    start(lagging, options.withRescan(Duration.ofHours(1)));
    await().until(() -> lagging.lost() > 0);
    quiet();
    assertThat(lagging.lost()).isLessThanOrEqualTo(3);
  }

  @Test
  void refusalsHaveARateLimit() throws Exception {
    for (String parent : List.of("c", "d", "e")) {
      kernel.parent(parent, "i915");
    }
    Check[] checks = new Check[128];
    for (String parent : List.of("a", "b", "c", "d", "e")) {
      kernel.type(parent, TYPE, "v").type(parent, "i915-2", "v");
    }
    for (int i = 0; i < checks.length; i++) {
      checks[i] = new Check("i915-" + (1 + i % 2), "no" + i, null);
    }
    store.check(checks);
    start();
    awaitAnswers(128);
    quiet();
    assertThat(kernel.writes).hasSizeBetween(256, 300);
    assertThat(store.status().answers()).anyMatch(answer -> answer.is(Reason.THROTTLED));
  }

  @Test
  void aVersionThatChangesAtEveryReadCostsOneQuestionAndNoFurtherWrite() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    kernel.removeParent("b").show("a", TYPE, () -> "u" + reads.incrementAndGet() + "\n");
    store.check(OWN);
    start();
    awaitAnswers(1);
    int seen = reads.get();
    await().until(() -> reads.get() > seen + 10);
    assertThat(store.writes()).as("what is about to be asked, and the answer").isEqualTo(2);
    assertThat(kernel.writes).hasSize(1);
    assertThat(answer(OWN).verdict()).isEqualTo(Verdict.COMPATIBLE);
    assertThat(store.status().inventory().versions()).isEmpty();
    assertThat(ready().getStatus()).isEqualTo("True");
    assertThat(ready().getMessage()).contains("no source: " + TYPE);
  }

  @Test
  void whatTheDaemonSaysOfATreeIsPrintable() {
    kernel.link("/sys/class/mdev_bus/x\u001b[2J", "/sys/devices");
    start();
    awaitAnswers(0);
    assertThat(ready().getMessage()).contains("/sys/class/mdev_bus/x?[2J").matches("[ -~]+");
  }

  @Test
  void aHiddenDeviceTreeLosesNothing() {
    store.check(OWN);
    start();
    awaitAnswers(1);
    MdevNodeStateStatus before = store.status();
    kernel.fail(FakePosix.device("a").toString(), Errno.ENOENT);
    kernel.fail(FakePosix.device("b").toString(), Errno.ENOENT);
    await().until(() -> !store.status().inventory().complete());
    assertThat(store.status().inventory().parentGroups())
        .isEqualTo(before.inventory().parentGroups());
    assertThat(store.status().answers()).isEqualTo(before.answers());
    assertThat(ready().getMessage()).contains("/sys/devices");
  }

  private void start() {
    start(options);
  }

  private void start(DaemonOptions with) {
    start(store, with);
  }

  private void start(StateStore at, DaemonOptions with) {
    daemon =
        new NodeDaemon(
            kernel, at, "n", with, clock, threads, false, new DaemonMetrics(Meters.none()));
    daemon.start();
  }

  private void stop() {
    if (daemon != null) {
      daemon.close();
    }
  }

  private static void quiet() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
  }

  /** How many questions have been answered; -1 before the first inventory. */
  private int answers() {
    MdevNodeStateStatus status = store.status();
    return status == null || status.inventory() == null
        ? -1
        : (int) status.answers().stream().filter(answer -> !answer.is(Reason.ASKING)).count();
  }

  private void awaitAnswers(int count) {
    await().until(() -> answers() == count);
  }

  private Answer answer(Check check) {
    return store.status().answers().stream()
        .filter(answer -> answer.digest().equals(check.mdevClass().digest()))
        .findFirst()
        .orElseThrow();
  }

  private Condition ready() {
    return store.status().conditions().get(0);
  }

  private void failOpen(int errno) {
    for (String parent : List.of("a", "b")) {
      kernel.failOpen(
          FakePosix.device(parent) + "/mdev_supported_types/" + TYPE + "/version", errno);
    }
  }

  private static FakePosix.Store hanging(CountDownLatch release) {
    return text -> {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return text.length();
    };
  }
}
