package io.mdevmigration.node.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.telemetry.Meters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is stored before a question is asked, in which boot, and what it costs. */
class AnnouncingDaemonTest {
  private static final String TYPE = "i915-1";
  private static final Check OWN = new Check(TYPE, "v1", null);
  private static final Check OTHER = new Check(TYPE, "v2", null);
  private static final Check THIRD = new Check(TYPE, "v3", null);

  /** Long enough for several steps, had one been wanted. */
  private static final Duration QUIET = Duration.ofMillis(400);

  private final FakePosix kernel = new FakePosix();
  private final FakeStore store = new FakeStore();
  private final TestClock clock = new TestClock();
  private final DaemonThreads threads = DaemonThreads.create(1);
  private final DaemonOptions options =
      DaemonOptions.DEFAULTS
          .withRescan(Duration.ofMillis(100))
          .withDeadline(Duration.ofSeconds(2))
          .withDebounce(Duration.ofMillis(5));

  /** What was stored about a class at the moment when its driver was asked. */
  private final List<String> storedWhenAsked = new CopyOnWriteArrayList<>();

  private final CountDownLatch panic = new CountDownLatch(1);
  private NodeDaemon daemon;

  @BeforeEach
  void oneParent() {
    load();
  }

  @AfterEach
  void end() {
    panic.countDown();
    daemon.close();
    threads.shutdown();
  }

  @Test
  void theFirstQuestionsOfABootAreStoredTogetherBeforeAnyIsAsked() throws Exception {
    store.check(OWN, OTHER);
    start();
    awaitAnswers(2);
    quiet();
    assertThat(storedWhenAsked).containsExactly("Asking", "Asking");
    assertThat(store.writes()).isEqualTo(2);
    assertThat(store.history().get(0).inventory().complete()).isTrue();
    assertThat(store.history().get(0).answers())
        .allMatch(answer -> answer.is(Reason.ASKING) && "boot-1".equals(answer.bootID()));
    assertThat(kernel.writes).hasSize(2);
  }

  @Test
  void afterTheFirstQuestionsOfABootOnlyTrialsAreStoredBeforehand() throws Exception {
    store.check(OWN);
    start();
    awaitAnswers(1);
    int writes = store.writes();
    store.check(OWN, OTHER);
    awaitAnswers(2);
    quiet();
    assertThat(store.writes() - writes).isEqualTo(1);
    Check trial = new Check(TYPE, "v3", null).asTrial();
    store.check(OWN, OTHER, trial);
    awaitAnswers(3);
    quiet();
    assertThat(store.writes() - writes).isEqualTo(3);
    assertThat(storedWhenAsked).containsExactly("Asking", "", "Asking");
  }

  @Test
  void trialsAreStoredOneByOneAfterTheOthersEachWithTheAnswerBefore() throws Exception {
    store.check(OTHER.asTrial(), OWN, THIRD.asTrial());
    start();
    awaitAnswers(3);
    quiet();
    assertThat(storedWhenAsked).containsExactly("Asking", "Asking", "Asking");
    assertThat(kernel.writes)
        .extracting(write -> write.replaceAll(".*=", "").strip())
        .containsExactly("v1", "v2", "v3");
    assertThat(store.history())
        .extracting(status -> status.answers().stream().filter(a -> a.is(Reason.ASKING)).count())
        .containsExactly(1L, 1L, 1L, 0L);
    assertThat(store.status().answers())
        .extracting(Answer::digest)
        .containsExactly(
            OTHER.mdevClass().digest(), OWN.mdevClass().digest(), THIRD.mdevClass().digest());
  }

  @Test
  void ofTheTrialsOfANodeThatGoesDownOnlyTheOneThatWasAskedIsSuspected() {
    kernel.store("a", TYPE, this::panicking);
    store.check(OWN.asTrial(), OTHER.asTrial());
    start();
    await().until(() -> kernel.writes.size() == 1);
    crash();
    kernel.boot("boot-2");
    load();
    start();
    await().until(() -> answer(OWN).is(Reason.SUSPECTED));
    await().until(() -> answer(OTHER).verdict() == Verdict.INCOMPATIBLE);
    assertThat(kernel.writes).hasSize(2);
  }

  @Test
  void aReloadOfTheSameDriverIsOneWriteThoughTheCheckIsATrialStill() throws Exception {
    store.check(OWN.asTrial());
    start();
    awaitAnswers(1);
    int writes = store.writes();
    String revision = revision();
    load();
    await().until(() -> !revision().equals(revision));
    quiet();
    assertThat(answer(OWN).revision()).isEqualTo(revision());
    assertThat(store.writes() - writes).isEqualTo(1);
    assertThat(kernel.writes).hasSize(2);
  }

  @Test
  void aRebootIsTwoWritesOfWhichTheFirstHasTheNewInventory() throws Exception {
    store.check(OWN, OTHER);
    start();
    awaitAnswers(2);
    Answer before = answer(OWN);
    int writes = store.writes();
    reboot("boot-2");
    await().until(() -> store.status().inventory().bootID().equals("boot-2"));
    awaitAnswers(2);
    quiet();
    assertThat(store.writes() - writes).isEqualTo(2);
    MdevNodeStateStatus first = store.history().get(store.history().size() - 2);
    assertThat(first.inventory().bootID()).isEqualTo("boot-2");
    assertThat(first.answers()).allMatch(answer -> answer.is(Reason.ASKING));
    assertThat(first.answers().get(0).lastDefinite().revision()).isEqualTo(before.revision());
    assertThat(answer(OWN).revision()).isEqualTo(revision()).isNotEqualTo(before.revision());
    assertThat(kernel.writes).hasSize(4);
  }

  @Test
  void aRestartInTheSameBootWritesNothingAndStoresNothingBeforeTheNextQuestion() throws Exception {
    store.check(OWN.asTrial());
    start();
    awaitAnswers(1);
    int writes = store.writes();
    restart();
    quiet();
    assertThat(store.writes()).isEqualTo(writes);
    assertThat(kernel.writes).hasSize(1);
    store.check(OWN.asTrial(), OTHER);
    awaitAnswers(2);
    quiet();
    assertThat(store.writes() - writes).isEqualTo(1);
    assertThat(storedWhenAsked).containsExactly("Asking", "");
  }

  @Test
  void aDaemonThatWasRestartedBeforeItAskedAsks() throws Exception {
    store.check(OWN);
    start();
    awaitAnswers(1);
    daemon.close();
    store.tamper(store.history().get(0));
    assertThat(answer(OWN).reason()).isEqualTo("Asking");
    int writes = store.writes();
    start();
    awaitAnswers(1);
    quiet();
    assertThat(store.writes() - writes).isEqualTo(1);
    assertThat(storedWhenAsked).containsExactly("Asking", "Asking");
  }

  @Test
  void whatMustBeStoredFirstWaitsForTheApiServerAndRechecksDoNot() throws Exception {
    store.check(OWN);
    start();
    awaitAnswers(1);
    store.away(true);
    store.check(OWN, OTHER.asTrial());
    clock.forward(Duration.ofHours(6));
    daemon.rescan();
    await().until(() -> kernel.writes.size() == 2);
    quiet();
    assertThat(kernel.writes).allMatch(write -> write.endsWith("=v1\n"));
    store.away(false);
    clock.forward(Duration.ofMinutes(1));
    daemon.rescan();
    await().until(() -> storedWhenAsked.size() == 3);
    assertThat(storedWhenAsked.get(2)).isEqualTo("Asking");
  }

  @Test
  void aCheckThatIsWithdrawnMeanwhileIsNeitherStoredNorAsked() throws Exception {
    store.check(OWN);
    start();
    awaitAnswers(1);
    store.beforeNextWrite(() -> store.check(OWN));
    store.check(OWN, OTHER.asTrial());
    quiet();
    assertThat(store.history())
        .allSatisfy(status -> assertThat(status.answers()).noneMatch(this::isOther));
    assertThat(kernel.writes).hasSize(1);
    store.check(OWN, OTHER.asTrial());
    awaitAnswers(2);
  }

  @Test
  void theClassThatABootDidNotSurviveIsNotAskedAgainUntilToldTo() throws Exception {
    kernel.store("a", TYPE, this::panicking);
    store.check(OTHER);
    start();
    await().until(() -> kernel.writes.size() == 1);
    Answer asking = answer(OTHER);
    crash();
    kernel.boot("boot-2");
    load();
    store.check(OTHER, OWN);
    start();
    await().until(() -> answer(OTHER).is(Reason.SUSPECTED));
    awaitAnswers(2);
    quiet();
    assertThat(answer(OTHER).bootID()).isEqualTo("boot-1");
    assertThat(answer(OTHER).driver()).isEqualTo(asking.driver());
    assertThat(store.status().conditions().get(0).getReason()).isEqualTo("Suspected");
    assertThat(store.status().conditions().get(0).getStatus()).isEqualTo("True");
    assertThat(store.status().conditions().get(0).getMessage())
        .contains(TYPE, OTHER.mdevClass().digest(), "kernel log of the previous boot")
        .contains("remove the check", "spec.askAgain", "spec.retrySuspected");
    assertThat(answer(OWN).verdict()).isEqualTo(Verdict.COMPATIBLE);
    assertThat(kernel.writes).hasSize(2);
    int writes = store.writes();
    restart();
    quiet();
    assertThat(store.writes()).isEqualTo(writes);
    store.spec(spec -> new MdevNodeStateSpec(spec.checks(), null, "the driver was fixed"));
    await().until(() -> answer(OTHER).verdict() == Verdict.INCOMPATIBLE);
    assertThat(storedWhenAsked).endsWith("Asking");
  }

  @Test
  void aSuspectedClassIsForgottenWithItsCheck() {
    kernel.store("a", TYPE, this::panicking);
    store.check(OTHER);
    start();
    await().until(() -> kernel.writes.size() == 1);
    crash();
    kernel.boot("boot-2");
    load();
    start();
    await().until(() -> answer(OTHER).is(Reason.SUSPECTED));
    store.check();
    await().until(() -> store.status().answers().isEmpty());
    store.check(OTHER);
    awaitAnswers(1);
    assertThat(answer(OTHER).verdict()).isEqualTo(Verdict.INCOMPATIBLE);
    assertThat(storedWhenAsked).endsWith("Asking");
  }

  private boolean isOther(Answer answer) {
    return answer.digest().equals(OTHER.mdevClass().digest());
  }

  /** Loads the driver, which accepts v1; each time all its files are new. */
  private void load() {
    synchronized (kernel) {
      kernel.parent("a", "i915").type("a", TYPE, "v1").store("a", TYPE, this::accepting);
    }
  }

  private int accepting(String text) throws PosixException {
    storedWhenAsked.add(stored(text));
    return FakePosix.answering(version -> version.equals("v1") ? 0 : 22).write(text);
  }

  private int panicking(String text) {
    try {
      panic.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return text.length();
  }

  private String stored(String text) {
    return find(new Check(TYPE, text.strip(), null)).map(Answer::reason).orElse("");
  }

  private void start() {
    start(store);
  }

  private void start(StateStore at) {
    daemon =
        new NodeDaemon(
            kernel, at, "n", options, clock, threads, false, new DaemonMetrics(Meters.none()));
    daemon.start();
  }

  private void restart() {
    daemon.close();
    start();
  }

  private void reboot(String bootID) {
    daemon.close();
    kernel.boot(bootID);
    start();
  }

  /** The daemon ends without another word. */
  private void crash() {
    store.away(true);
    daemon.close();
    store.away(false);
  }

  private static void quiet() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(QUIET.toMillis());
  }

  private void awaitAnswers(int count) {
    await()
        .until(
            () ->
                store.status() != null
                    && store.status().answers().stream()
                            .filter(answer -> !answer.is(Reason.ASKING))
                            .count()
                        == count);
  }

  private String revision() {
    return store.status().inventory().type(TYPE).orElseThrow().revision();
  }

  private Optional<Answer> find(Check check) {
    return store.status().answers().stream()
        .filter(answer -> answer.digest().equals(check.mdevClass().digest()))
        .findFirst();
  }

  private Answer answer(Check check) {
    return find(check).orElseThrow();
  }
}
