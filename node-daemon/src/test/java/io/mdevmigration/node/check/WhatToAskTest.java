package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WhatToAskTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  private static final String TYPE = "i915-1";
  private static final MdevClass CLASS = new MdevClass(TYPE, "v1");
  private static final Check CHECK = new Check(TYPE, "v1", null);

  private final FakePosix kernel = new FakePosix();
  private final OutcomeMemory memory = new OutcomeMemory();
  private final BootMemory boots = new BootMemory();
  private final Map<String, Answer> stored = new HashMap<>();
  private NodeInventory inventory;
  private Instant now = START;
  private Optional<String> askAgain = Optional.empty();
  private Optional<Instant> driverReturned = Optional.empty();
  private double jitter;

  @BeforeEach
  void twoParents() {
    kernel.parent("a", "i915").type("a", TYPE, "v1").parent("b", "i915").type("b", TYPE, "v1");
    scan();
    boots.begin("boot-1");
  }

  @Test
  void aNewCheckIsAskedOfEveryParentThatOffersTheType() {
    kernel.parent("c", "i915").type("c", "i915-2", "v1");
    scan();
    assertThat(asked()).containsExactly("a", "b");
  }

  @Test
  void anAnswerHoldsWhileItsRevisionDoes() {
    accept();
    assertThat(decide()).isInstanceOf(Decision.Keep.class);
    kernel.boot("boot-2");
    boots.begin("boot-2");
    scan();
    assertThat(asked()).containsExactly("a", "b");
  }

  @Test
  void aParentThatGoesAwayCostsTheOthersNoQuestion() {
    accept();
    kernel.removeParent("b");
    scan();
    Answer answer = settled();
    assertThat(answer.verdict()).isEqualTo(Verdict.COMPATIBLE);
    assertThat(answer.parents().accepted()).isEqualTo(1);
    assertThat(answer.revision()).isEqualTo(inventory.revision(TYPE).orElseThrow());
    assertThat(answer.time()).as("it is as old as it was").isEqualTo(START.toString());
  }

  @Test
  void afterARestartAParentThatGoesAwayStillCostsNoQuestion() {
    Answer mixed = accept("a", Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, 22));
    OutcomeMemory restarted = new OutcomeMemory();
    restarted.seed(mixed, inventory.offersOf(TYPE));
    kernel.removeParent("a");
    scan();
    Decision decision = what(restarted).decide(List.of(CHECK)).get(0);
    assertThat(decision).isInstanceOf(Decision.Settle.class);
    assertThat(((Decision.Settle) decision).answer().verdict()).isEqualTo(Verdict.COMPATIBLE);
  }

  @Test
  void aParentThatComesIsAskedAlone() {
    accept();
    kernel.parent("c", "i915").type("c", TYPE, "v1");
    scan();
    assertThat(asked()).containsExactly("c");
  }

  @Test
  void aParentWhoseVersionChangesIsAskedAlone() {
    accept();
    kernel.show("b", TYPE, () -> "v2\n");
    scan();
    assertThat(asked()).containsExactly("b");
  }

  @Test
  void answersAreAskedAgainWhenTheyAreOldEnough() {
    accept();
    now = START.plus(Duration.ofHours(6)).minusSeconds(1);
    assertThat(decide()).isInstanceOf(Decision.Keep.class);
    now = START.plus(Duration.ofHours(6));
    assertThat(asked()).containsExactly("a", "b");
    jitter = 0.5;
    now = START.plus(Duration.ofHours(6)).minus(Duration.ofMinutes(18));
    assertThat(asked()).containsExactly("a", "b");
    now = now.minusSeconds(1);
    assertThat(decide()).isInstanceOf(Decision.Keep.class);
  }

  @Test
  void refusalsMayGrowOlder() {
    accept("a", Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, 22));
    now = START.plus(Duration.ofHours(24)).minusSeconds(1);
    assertThat(decide()).isInstanceOf(Decision.Keep.class);
    now = START.plus(Duration.ofHours(24));
    assertThat(asked()).containsExactly("a", "b");
  }

  @Test
  void anAnswerFromAClockThatWasFarAheadHoldsNothingBack() {
    now = START.plus(Duration.ofDays(365));
    accept();
    now = START;
    assertThat(asked()).containsExactly("a", "b");
  }

  @Test
  void newTextInAskAgainAsksEverythingAgain() {
    accept();
    askAgain = Optional.of("01234567");
    assertThat(asked()).containsExactly("a", "b");
  }

  @Test
  void whatPassesIsTriedAgainWithBackOff() {
    accept("a", Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, 16));
    now = START.plusSeconds(1);
    assertThat(decide()).isInstanceOf(Decision.Keep.class);
    now = START.plusSeconds(2);
    assertThat(asked()).as("the one that accepted is not asked again").containsExactly("a");
  }

  @Test
  void whatIsExhaustedWaitsForTheRecheck() {
    for (int i = 0; i < 5; i++) {
      accept("a", Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, 16));
    }
    now = START.plus(Duration.ofHours(5));
    assertThat(decide()).isInstanceOf(Decision.Keep.class);
    now = START.plus(Duration.ofHours(6));
    assertThat(decide()).isInstanceOf(Decision.Ask.class);
  }

  @Test
  void anUnresponsiveDriverIsAskedAgainWhenItReturns() {
    accept("a", Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE));
    now = START.plusSeconds(60);
    assertThat(decide()).isInstanceOf(Decision.Keep.class);
    driverReturned = Optional.of(now);
    assertThat(asked()).containsExactly("a");
  }

  @Test
  void aQuestionThatIsStillUnderWayIsNotRepeated() {
    accept("a", Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE));
    memory.await(CLASS.digest(), "a");
    now = START.plus(Duration.ofHours(1));
    assertThat(decide()).isNotInstanceOf(Decision.Ask.class);
  }

  @Test
  void whatTheInventoryKnowsIsNeverAsked() {
    kernel.parent("c", "i915").type("c", "i915-none");
    scan();
    assertThat(settled(new Check("i915-none", "v1", null)).reason())
        .isEqualTo("NoVersionAttribute");
    kernel
        .show("a", TYPE, () -> failing(Errno.ENODEV))
        .show("b", TYPE, () -> failing(Errno.ENODEV));
    scan();
    Answer answer = settled();
    assertThat(answer.verdict()).isEqualTo(Verdict.UNSUPPORTED);
    assertThat(answer.errnoName()).isEqualTo("ENODEV");
    assertThat(answer.parents().unsupported()).isEqualTo(2);
  }

  @Test
  void anAnswerThatTheInventoryKnowsStaysAsItIs() {
    Check check = new Check("i915-9", "v1", null);
    Answer answer = settled(check);
    stored.put(answer.digest(), answer);
    now = START.plus(Duration.ofDays(30));
    assertThat(decide(check))
        .isEqualTo(new Decision.Keep(check.mdevClass(), answer, Optional.empty()));
  }

  @Test
  void aTypeThatIsNotOfferedIsUnsupportedOnlyWhereEverythingWasRead() {
    Check check = new Check("i915-9", "v1", null);
    assertThat(settled(check).reason()).isEqualTo("TypeNotOffered");
    kernel.fail("/sys/class/mdev_bus", Errno.EACCES);
    scan();
    Answer unknown = settled(check);
    assertThat(unknown.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(unknown.reason()).isEqualTo("ReadFailed");
  }

  @Test
  void whatCannotBeReadIsNotAskedAndItsAnswersStay() {
    accept();
    kernel.show("a", TYPE, () -> failing(Errno.EIO));
    scan();
    now = START.plus(Duration.ofDays(2));
    assertThat(decide()).isInstanceOf(Decision.Keep.class);
    Answer other = settled(new Check(TYPE, "v9", null));
    assertThat(other.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(other.reason()).isEqualTo("ReadFailed");
    assertThat(other.errnoName()).isEqualTo("EIO");
  }

  @Test
  void aCheckForAnotherDriverIsNotAsked() {
    String identity = inventory.offersOf(TYPE).get(0).driver().identity();
    assertThat(decide(new Check(TYPE, "v1", identity))).isInstanceOf(Decision.Ask.class);
    assertThat(settled(new Check(TYPE, "v1", "00000000000000000000")).reason())
        .isEqualTo("OtherDriver");
  }

  @Test
  void ofOneTypeSixtyFourClassesAreAskedAndThoseThatAreThereComeFirst() {
    accept();
    List<Check> checks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      checks.add(new Check(TYPE, "new-" + i, null));
    }
    checks.add(CHECK);
    List<Decision> decisions = what(memory).decide(checks);
    assertThat(decisions.get(64)).isInstanceOf(Decision.Keep.class);
    assertThat(((Decision.Settle) decisions.get(63)).answer().reason()).isEqualTo("TooManyClasses");
    assertThat(decisions.stream().filter(d -> d instanceof Decision.Ask)).hasSize(63);
  }

  @Test
  void eachClassIsDecidedOnceAndInvalidStringsNever() {
    assertThat(
            what(memory)
                .decide(
                    List.of(
                        CHECK, CHECK, new Check(TYPE, "", null), new Check(TYPE, "a\nb", null))))
        .hasSize(1);
  }

  @Test
  void aParentWhoseDriverIsLoadedAgainWithTheSameVersionIsAskedAlone() {
    accept();
    kernel.type("b", TYPE, "v1");
    scan();
    assertThat(asked()).containsExactly("b");
  }

  @Test
  void anAnswerIsAsOldAsTheOldestOfItsParents() {
    List<ParentOutcome> outcomes =
        List.of(
            accepted("a", START.plusSeconds(20)),
            accepted("b", START.plusSeconds(10)),
            accepted("c", START.plusSeconds(30)));
    now = START.plusSeconds(30);
    assertThat(what(memory).answer(CLASS, outcomes).time())
        .isEqualTo(START.plusSeconds(10).toString());
  }

  private static ParentOutcome accepted(String parent, Instant time) {
    return new ParentOutcome(
        parent, Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED), Optional.of(time));
  }

  private void scan() {
    inventory =
        Publication.of(
            Scans.of(kernel), Optional.ofNullable(inventory).map(NodeInventory::published));
  }

  private WhatToAsk what(OutcomeMemory with) {
    return new WhatToAsk(
        inventory,
        new Known(stored, stored, with, boots),
        new Terms(
            now,
            RecheckPeriods.DEFAULT,
            digest -> jitter,
            askAgain,
            driverReturned,
            Optional.empty()));
  }

  private Decision decide() {
    return decide(CHECK);
  }

  private Decision decide(Check check) {
    return what(memory).decide(List.of(check)).get(0);
  }

  private List<String> asked() {
    assertThat(decide()).isInstanceOf(Decision.Ask.class);
    return ((Decision.Ask) decide()).toAsk().stream().map(Offer::parent).toList();
  }

  private Answer settled() {
    return settled(CHECK);
  }

  private Answer settled(Check check) {
    assertThat(decide(check)).isInstanceOf(Decision.Settle.class);
    return ((Decision.Settle) decide(check)).answer();
  }

  private Answer accept() {
    return accept("", Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED));
  }

  /** All parents accept, but for one. */
  private Answer accept(String but, Outcome outcome) {
    List<ParentOutcome> outcomes = new ArrayList<>();
    for (Offer offer : inventory.offersOf(TYPE)) {
      Outcome said =
          offer.parent().equals(but) ? outcome : Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED);
      outcomes.add(new ParentOutcome(offer.parent(), said, Optional.of(now)));
      memory.put(
          CLASS.digest(),
          offer.parent(),
          new OutcomeMemory.Remembered(
              ((Offer.Askable) offer.target()).key(), said, now, askAgain));
    }
    Answer answer = what(memory).answer(CLASS, outcomes);
    stored.put(answer.digest(), answer);
    return answer;
  }

  private static String failing(int errno) throws PosixException {
    throw new PosixException("read", Path.of("version"), errno);
  }
}
