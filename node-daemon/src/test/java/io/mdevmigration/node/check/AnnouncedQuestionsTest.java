package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.inventory.NodeInventory;
import io.mdevmigration.node.inventory.Offer;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.posix.FakePosix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.sysfs.Scans;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnnouncedQuestionsTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final String TYPE = "i915-1";
  private static final Check CHECK = new Check(TYPE, "v1", null);
  private static final Check OTHER = new Check(TYPE, "v2", null);
  private static final MdevClass CLASS = CHECK.mdevClass();
  private static final Outcome ACCEPTED = Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED);

  private final FakePosix kernel = new FakePosix();
  private final Map<String, Answer> answers = new HashMap<>();
  private final Map<String, Answer> confirmed = new HashMap<>();
  private OutcomeMemory outcomes = new OutcomeMemory();
  private BootMemory boots = new BootMemory();
  private NodeInventory inventory;
  private Optional<String> askAgain = Optional.empty();
  private Optional<Instant> throttledUntil = Optional.empty();

  @BeforeEach
  void oneParent() {
    kernel.parent("a", "i915").type("a", TYPE, "v1");
    scan();
  }

  @Test
  void theFirstQuestionOfABootIsStoredBeforeItIsAsked() {
    Answer asking = announced(CHECK);
    assertThat(asking.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(asking.reason()).isEqualTo("Asking");
    assertThat(asking.bootID()).isEqualTo("boot-1");
    assertThat(asking.driver()).isEqualTo(driver());
    assertThat(asking.revision()).isEqualTo(inventory.revision(TYPE).orElseThrow());
    keep(asking);
    assertThat(decide(CHECK)).as("not read back yet").isInstanceOf(Decision.Keep.class);
    confirm();
    assertThat(decide(CHECK)).isInstanceOf(Decision.Ask.class);
  }

  @Test
  void laterQuestionsOfTheSameBootAreAskedAtOnce() {
    answer(CHECK, ACCEPTED);
    assertThat(decide(OTHER)).isInstanceOf(Decision.Ask.class);
    kernel.type("a", TYPE, "v1");
    scan();
    assertThat(decide(CHECK)).as("the driver was loaded again").isInstanceOf(Decision.Ask.class);
  }

  @Test
  void aBootThatIsKnownFromWhatIsStoredHasBegun() {
    Answer accepted = answer(CHECK, ACCEPTED);
    restart();
    assertThat(decide(OTHER)).as("nothing learned").isInstanceOf(Decision.Announce.class);
    boots.learn(inventory.published(), List.of(accepted));
    assertThat(decide(OTHER)).isInstanceOf(Decision.Ask.class);
    assertThat(decide(CHECK.asTrial())).isInstanceOf(Decision.Keep.class);
  }

  @Test
  void answersOfAnEarlierBootDoNotBeginThisOne() {
    Answer accepted = answer(CHECK, ACCEPTED);
    NodeInventory stored = inventory;
    restart();
    boots.learn(stored.published(), List.of(accepted));
    reboot("boot-2");
    assertThat(announced(CHECK).lastDefinite())
        .isEqualTo(new DefiniteVerdict(Verdict.COMPATIBLE, accepted.revision(), accepted.time()));
  }

  @Test
  void whatWasReadAndNotAskedDoesNotBeginABoot() {
    kernel.parent("b", "i915").type("b", "i915-none");
    scan();
    Check none = new Check("i915-none", "v1", null);
    Answer unsupported = ((Decision.Settle) decide(none)).answer();
    boots.learn(inventory.published(), List.of(unsupported));
    assertThat(decide(CHECK)).isInstanceOf(Decision.Announce.class);
  }

  @Test
  void aTrialIsStoredBeforeItIsAskedInAnyBoot() {
    answer(OTHER, ACCEPTED);
    Answer asking = announced(CHECK.asTrial());
    keep(asking);
    confirm();
    assertThat(decide(CHECK.asTrial())).isInstanceOf(Decision.Ask.class);
    answer(CHECK, ACCEPTED);
    kernel.type("a", TYPE, "v1");
    scan();
    assertThat(decide(CHECK.asTrial()))
        .as("answered by this driver in this boot")
        .isInstanceOf(Decision.Ask.class);
  }

  @Test
  void aTrialThatFailsInPassingIsStoredBeforeEachTryAndItsTriesAreCounted() {
    boots.begin("boot-1");
    keep(announced(CHECK.asTrial()));
    confirm();
    Answer busy = answer(CHECK, Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, Errno.EBUSY));
    assertThat(busy.attempts()).isEqualTo(1);
    answers.put(busy.digest(), busy.withTime(NOW.minusSeconds(60).toString()));
    confirm();
    Answer again = announced(CHECK.asTrial());
    assertThat(again.attempts()).isEqualTo(1);
    keep(again);
    confirm();
    assertThat(answer(CHECK, Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, 16)).attempts())
        .isEqualTo(2);
  }

  @Test
  void aTrialOnAnotherDriverInTheSameBootIsStoredAgain() {
    keep(announced(CHECK.asTrial()));
    confirm();
    answer(CHECK, ACCEPTED);
    otherDriver();
    assertThat(announced(CHECK.asTrial()).driver()).isEqualTo(driver());
  }

  @Test
  void onlyTheVeryAnnouncementThatIsStoredLetsAQuestionPass() {
    keep(announced(CHECK));
    confirm();
    askAgain = Optional.of("01234567");
    assertThat(announced(CHECK).askAgain()).isEqualTo("01234567");
    askAgain = Optional.empty();
    otherDriver();
    assertThat(announced(CHECK).driver()).isEqualTo(driver());
  }

  @Test
  void aQuestionThatABootDidNotSurviveIsSuspectedAndNotAsked() {
    Answer accepted = answer(CHECK, ACCEPTED);
    restart();
    reboot("boot-2");
    keep(announced(CHECK));
    confirm();
    reboot("boot-3");
    Answer suspected = settled(CHECK);
    assertThat(suspected.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(suspected.reason()).isEqualTo("Suspected");
    assertThat(suspected.bootID()).isEqualTo("boot-2");
    assertThat(suspected.driver()).isEqualTo(driver());
    assertThat(suspected.revision()).isEqualTo(inventory.revision(TYPE).orElseThrow());
    assertThat(suspected.lastDefinite().revision()).isEqualTo(accepted.revision());
    keep(suspected);
    confirm();
    reboot("boot-4");
    assertThat(settled(CHECK).bootID()).isEqualTo("boot-2");
    boots.begin("boot-4");
    assertThat(settled(CHECK.asTrial()).reason()).isEqualTo("Suspected");
    assertThat(decide(OTHER)).as("another class").isInstanceOf(Decision.Ask.class);
  }

  @Test
  void aSuspectedClassIsAskedWhenToldToButNotWithoutBeingStored() {
    suspect();
    boots.begin("boot-2");
    askAgain = Optional.of("01234567");
    Answer asking = announced(CHECK);
    assertThat(asking.bootID()).isEqualTo("boot-2");
    keep(asking);
    confirm();
    reboot("boot-3");
    assertThat(settled(CHECK).reason()).as("told to in the boot before").isEqualTo("Suspected");
    askAgain = Optional.empty();
    assertThat(settled(CHECK).reason()).as("not a new text").isEqualTo("Suspected");
  }

  @Test
  void anotherDriverIsAskedWhatOneIsSuspectedOfButNotWithoutBeingStored() {
    suspect();
    boots.begin("boot-2");
    otherDriver();
    assertThat(announced(CHECK).driver()).isEqualTo(driver());
  }

  @Test
  void aSuspicionOutlastsATimeWithoutTheDriver() {
    String suspected = driver();
    suspect();
    Check bound = new Check(TYPE, "v1", suspected);
    kernel.removeParent("a");
    scan();
    keep(settled(bound));
    assertThat(answers.get(CLASS.digest()).reason()).isEqualTo("TypeNotOffered");
    kernel.parent("a", "i915").type("a", TYPE, "v1");
    otherDriver();
    keep(settled(bound));
    assertThat(answers.get(CLASS.digest()).reason()).isEqualTo("OtherDriver");
    kernel.remove("/sys/module/i915/version").type("a", TYPE);
    scan();
    assertThat(driver()).isEqualTo(suspected);
    assertThat(settled(bound).reason()).isEqualTo("Suspected");
  }

  @Test
  void aQuestionUnderWayStaysSuspectedUntilItReturns() {
    keep(announced(CHECK));
    confirm();
    outcomes.await(CLASS.digest(), "a");
    Answer hanging = answer(CHECK, Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE));
    assertThat(hanging.reason()).isEqualTo("DriverUnresponsive");
    assertThat(hanging.bootID()).isEqualTo("boot-1");
    restart();
    reboot("boot-2");
    assertThat(settled(CHECK).reason()).isEqualTo("Suspected");
  }

  @Test
  void whatCannotBeReadIsNotAboutToBeAsked() {
    keep(announced(CHECK));
    confirm();
    kernel.show(
        "a",
        TYPE,
        () -> {
          throw new PosixException("read", Path.of("version"), Errno.EIO);
        });
    scan();
    Answer unread = settled(CHECK);
    assertThat(unread.reason()).isEqualTo("ReadFailed");
    assertThat(unread.bootID()).as("it was not asked").isNull();
  }

  @Test
  void withoutABootIdNothingIsAnnouncedAndNothingSuspected() {
    keep(announced(CHECK));
    confirm();
    kernel.fail("/proc/sys/kernel/random/boot_id", Errno.EACCES);
    scan();
    assertThat(settled(CHECK).reason()).isEqualTo("ReadFailed");
    keep(settled(CHECK));
    confirm();
    kernel.fail("/proc/sys/kernel/random/boot_id", 0);
    reboot("boot-2");
    assertThat(settled(CHECK).reason()).isEqualTo("Suspected");
  }

  @Test
  void whatMustWaitForTheLimitOfRefusalsIsNotAnnounced() {
    throttledUntil = Optional.of(NOW.plusSeconds(1));
    assertThat(settled(CHECK).reason()).isEqualTo("Throttled");
    throttledUntil = Optional.of(NOW);
    assertThat(announced(CHECK).reason()).isEqualTo("Asking");
  }

  /** A question that was stored in this boot, which the next one finds without an answer. */
  private void suspect() {
    keep(announced(CHECK));
    confirm();
    reboot("boot-2");
    keep(settled(CHECK));
    confirm();
    assertThat(answers.get(CLASS.digest()).reason()).isEqualTo("Suspected");
  }

  private void otherDriver() {
    kernel.file("/sys/module/i915/version", "2.0\n").type("a", TYPE, "v1");
    scan();
  }

  private void reboot(String bootID) {
    kernel.boot(bootID);
    scan();
  }

  private void restart() {
    outcomes = new OutcomeMemory();
    boots = new BootMemory();
  }

  private void scan() {
    inventory =
        Publication.of(
            Scans.of(kernel), Optional.ofNullable(inventory).map(NodeInventory::published));
  }

  private String driver() {
    return inventory.published().driverOf(TYPE).orElseThrow();
  }

  private WhatToAsk what() {
    Terms terms =
        new Terms(
            NOW, RecheckPeriods.DEFAULT, digest -> 0, askAgain, Optional.empty(), throttledUntil);
    return new WhatToAsk(inventory, new Known(answers, confirmed, outcomes, boots), terms);
  }

  private Decision decide(Check check) {
    return what().decide(List.of(check)).get(0);
  }

  private Answer announced(Check check) {
    assertThat(decide(check)).isInstanceOf(Decision.Announce.class);
    return ((Decision.Announce) decide(check)).asking();
  }

  private Answer settled(Check check) {
    Decision decision = decide(check);
    return decision instanceof Decision.Keep keep
        ? keep.answer()
        : ((Decision.Settle) decision).answer();
  }

  /** The one parent says this. */
  private Answer answer(Check check, Outcome outcome) {
    Offer offer = inventory.offersOf(TYPE).get(0);
    String digest = check.mdevClass().digest();
    Offer.Askable target = (Offer.Askable) offer.target();
    if (!outcomes.isPending(digest, "a")) {
      outcomes.put(digest, "a", new OutcomeMemory.Remembered(target.key(), outcome, NOW, askAgain));
    }
    Answer answer =
        what()
            .answer(check.mdevClass(), List.of(new ParentOutcome("a", outcome, Optional.of(NOW))));
    keep(answer);
    boots.begin(inventory.published().bootID());
    boots.learn(inventory.published(), answers.values());
    confirm();
    return answer;
  }

  private void keep(Answer answer) {
    answers.put(answer.digest(), answer);
  }

  /** What was drafted is stored and read back. */
  private void confirm() {
    confirmed.clear();
    confirmed.putAll(answers);
  }
}
