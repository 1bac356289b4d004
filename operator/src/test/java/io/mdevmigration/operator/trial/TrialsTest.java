package io.mdevmigration.operator.trial;

import static io.mdevmigration.operator.fleet.Reports.BOOT;
import static io.mdevmigration.operator.fleet.Reports.DRIVER;
import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.crds.Trial;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.ClassOnDriver;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Recorded;
import io.mdevmigration.operator.trial.Happening.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrialsTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");
  private static final String NEW_DRIVER = "dddddddddddddddddddd";
  private static final Duration BEGIN = TrialPeriods.DEFAULT.begin();
  private static final Duration SILENCE = TrialPeriods.DEFAULT.silence();

  private final Fleet fleet = new Fleet();
  private final Compatibilities compatibilities = new Compatibilities(fleet);
  private final Trials trials = new Trials(fleet, compatibilities, TrialPeriods.DEFAULT);
  private Instant now = NOW;
  private Recorded stored = Recorded.NOTHING;
  private long generation = 1;
  private List<String> retry = List.of();

  TrialsTest() {
    put(Reports.of("a").offers("sample-A"));
    put(Reports.of("b").offers("sample-A"));
    put(Reports.of("c").offers("sample-A"));
    store("one", Recorded.NOTHING);
  }

  private void put(Reports reports) {
    var report = reports.report();
    fleet.put(node(report.name()));
    fleet.put(report);
  }

  private MigrationCompatibility object(String name, Recorded recorded) {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withUid("uid-" + name)
            .withGeneration(generation)
            .build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            "sample-A", new Source(null, null, "v1"), null, true, retry));
    object.setStatus(status(recorded));
    return object;
  }

  private static MigrationCompatibilityStatus status(Recorded recorded) {
    var source =
        new SourceStatus(
            A1.digest(),
            "v1",
            0,
            A1.labelKey(),
            0,
            0,
            0,
            0,
            recorded.trial().orElse(null),
            recorded.suspected());
    return new MigrationCompatibilityStatus(
        1L, List.of(), 1, List.of(source), 0, 0, 0, 0, List.of());
  }

  private void store(String name, Recorded recorded) {
    stored = recorded;
    compatibilities.put(object(name, recorded));
  }

  private Trials.Outlook outlook(String name) {
    return trials.outlook(
        compatibilities.get(name).orElseThrow(), Optional.of(status(stored)), now);
  }

  /** Decides what is to be recorded and stores it, as the operator does. */
  private Recorded step(Kind... happened) {
    var outlook = outlook("one");
    assertThat(outlook.happened().getOrDefault(A1.digest(), List.of()))
        .extracting(Happening::kind)
        .containsExactly(happened);
    store("one", outlook.recorded().getOrDefault(A1.digest(), Recorded.NOTHING));
    return stored;
  }

  private String trier() {
    return stored.trial().map(Trial::node).orElse("nobody");
  }

  private Permission permission(String node) {
    return trials.permission(fleet.report(node).orElseThrow(), A1);
  }

  private void retry(String... digests) {
    retry = List.of(digests);
    generation++;
    store("one", stored);
  }

  private void boot(String name, String bootID) {
    fleet.put(new NodeFacts(name, "uid-" + name, Optional.of(bootID), Map.of()));
  }

  // ---- how a trial begins and ends

  @Test
  void nobodyIsAskedBeforeTheTrialIsStored() {
    assertThat(List.of(permission("a"), permission("b"), permission("c")))
        .containsOnly(Permission.WAIT);
    assertThat(trials.withheld(fleet.report("b").orElseThrow(), A1))
        .contains(Reason.AWAITING_TRIAL);
    step(Kind.BEGUN);
    assertThat(trier()).isEqualTo("a");
    assertThat(permission("a")).isEqualTo(Permission.TRY);
    assertThat(permission("b")).isEqualTo(Permission.WAIT);
  }

  @Test
  void oneThatPublishesTheClassAsOthersDoTriesItFirst() {
    put(Reports.of("b").publishes(A1));
    put(Reports.of("c").publishes(A1));
    step(Kind.BEGUN);
    assertThat(trier()).isEqualTo("b");
  }

  @Test
  void aNodeThatAlonePublishesTheClassIsTheLastToTryIt() {
    put(Reports.of("a").publishes(A1));
    step(Kind.BEGUN);
    assertThat(trier()).as("it may have made the string up").isEqualTo("b");
    stored = Recorded.NOTHING;
    put(Reports.of("b").offers("sample-A").notReady());
    put(Reports.of("c").offers("sample-A").notReady());
    step(Kind.BEGUN);
    assertThat(trier()).isEqualTo("a");
  }

  @Test
  void anAnswerThatNobodyAskedForEndsNoTrial() {
    put(Reports.of("c").publishes(A1).answers(A1, Verdict.COMPATIBLE));
    step(Kind.BEGUN);
    assertThat(permission("b")).isEqualTo(Permission.WAIT);
    assertThat(step()).as("it goes on").isEqualTo(stored);
  }

  @Test
  void onceItsDriverHasAnsweredAllNodesWithThatDriverAreAsked() {
    step(Kind.BEGUN);
    for (Verdict verdict : List.of(Verdict.COMPATIBLE, Verdict.INCOMPATIBLE, Verdict.UNSUPPORTED)) {
      put(Reports.of("a").offers("sample-A").tries(A1).answers(A1, verdict));
      assertThat(permission("b")).as("after %s", verdict).isEqualTo(Permission.ASK);
    }
    assertThat(step(Kind.ENDED)).isEqualTo(Recorded.NOTHING);
    assertThat(permission("a")).isEqualTo(Permission.ASK);
    assertThat(trials.withheld(fleet.report("b").orElseThrow(), A1)).isEmpty();
    step();
  }

  @Test
  void anAnswerOfAnotherRevisionOrAboutATypeThatCannotBeAskedEndsNothing() {
    step(Kind.BEGUN);
    put(
        Reports.of("a")
            .offers("sample-A")
            .tries(A1)
            .answers(A1, Verdict.COMPATIBLE, Reports.OTHER_REVISION));
    assertThat(permission("b")).isEqualTo(Permission.WAIT);
  }

  @Test
  void whatHasBeenAskedOfADriverOnceStaysSoWhenEveryNodeBootsAtTheSameTime() {
    put(Reports.of("b").offers("sample-A").asked(A1));
    assertThat(permission("a")).isEqualTo(Permission.ASK);
    assertThat(permission("b")).isEqualTo(Permission.ASK);
  }

  @Test
  void aTrialAloneProvesNothing() {
    put(Reports.of("b").offers("sample-A").tries(A1));
    assertThat(permission("a")).isEqualTo(Permission.WAIT);
  }

  @Test
  void aNewDriverTriesWhatItsNodesAreAskedAlready() {
    put(Reports.of("a").offers("sample-A").asked(A1).answers(A1, Verdict.COMPATIBLE));
    assertThat(permission("b")).isEqualTo(Permission.ASK);
    put(Reports.of("b").driver(NEW_DRIVER).offers("sample-A"));
    assertThat(permission("b")).isEqualTo(Permission.WAIT);
    step(Kind.BEGUN);
    assertThat(stored.trial().orElseThrow().driver()).isEqualTo(NEW_DRIVER);
    assertThat(permission("b")).isEqualTo(Permission.TRY);
  }

  @Test
  void onlyOneTrialOfAClassGoesOnAtATimeAndTheDriverOfMostNodesComesFirst() {
    put(Reports.of("a").driver(NEW_DRIVER).offers("sample-A"));
    step(Kind.BEGUN);
    assertThat(stored.trial().orElseThrow().driver()).isEqualTo(DRIVER);
    assertThat(permission("a")).isEqualTo(Permission.WAIT);
    put(Reports.of("b").offers("sample-A").tries(A1).answers(A1, Verdict.COMPATIBLE));
    step(Kind.ENDED, Kind.BEGUN);
    assertThat(stored.trial().orElseThrow().driver()).isEqualTo(NEW_DRIVER);
  }

  @Test
  void ofTwoObjectsTheFirstByNameBeginsAndTheOtherDoesNot() {
    compatibilities.put(object("two", Recorded.NOTHING));
    assertThat(outlook("two").recorded()).isEmpty();
    step(Kind.BEGUN);
    stored = Recorded.NOTHING;
    assertThat(outlook("two").recorded()).isEmpty();
    compatibilities.put(object("earlier", Recorded.NOTHING));
    assertThat(outlook("earlier").recorded()).isEmpty();
    assertThat(permission("a")).isEqualTo(Permission.TRY);
  }

  @Test
  void aCheckThatTheDriverHasAnsweredHoldsUpNoOtherDriver() {
    put(Reports.of("a").driver(NEW_DRIVER).offers("sample-A"));
    step(Kind.BEGUN);
    put(Reports.of("b").offers("sample-A").tries(A1));
    assertThat(permission("a")).isEqualTo(Permission.WAIT);
    put(Reports.of("b").offers("sample-A").tries(A1).answers(A1, Verdict.INCOMPATIBLE));
    step(Kind.ENDED, Kind.BEGUN);
    assertThat(permission("a")).isEqualTo(Permission.TRY);
  }

  @Test
  void othersWaitOnlyWhileATrialOnTheirDriverIsRecordedAndNotAnswered() {
    step(Kind.BEGUN);
    var another = List.of(new ClassOnDriver("sample-A", A2.digest(), DRIVER));
    var decided = List.of(new Check("sample-A", "v2", DRIVER));
    put(Reports.of("c").offers("sample-A").tries(A2).answers(A2, Verdict.COMPATIBLE));
    trials.changed(another, now);
    assertThat(trials.maxWait(fleet.report("b").orElseThrow(), decided, now)).isPresent();

    put(Reports.of("a").offers("sample-A").tries(A1).answers(A1, Verdict.COMPATIBLE));
    assertThat(trials.maxWait(fleet.report("b").orElseThrow(), decided, now)).isEmpty();
  }

  @Test
  void aPairThatIsNewAgainHasNotJustBeenTried() {
    step(Kind.BEGUN);
    trials.changed(List.of(new ClassOnDriver("sample-A", A2.digest(), DRIVER)), now);
    var decided = List.of(new Check("sample-A", "v2", DRIVER));
    assertThat(trials.maxWait(fleet.report("b").orElseThrow(), decided, now)).isEmpty();
  }

  @Test
  void aDriverThatIsLoadedAnewWhileOthersAreTriedDoesNotUndoItsTrials() {
    step(Kind.BEGUN);
    put(Reports.of("c").offers("sample-A").tries(A2).answers(A2, Verdict.COMPATIBLE));
    trials.changed(List.of(new ClassOnDriver("sample-A", A2.digest(), DRIVER)), now);
    var gone = Reports.of("c").tries(A2).report();
    fleet.put(gone);
    assertThat(trials.permission(gone, A2)).isEqualTo(Permission.PROVEN);
    var unanswered = Reports.of("c").offers("sample-A").tries(A2).report();
    fleet.put(unanswered);
    assertThat(trials.permission(unanswered, A2)).isEqualTo(Permission.PROVEN);
    var proven = List.of(new Check("sample-A", "v2", DRIVER));
    assertThat(trials.maxWait(unanswered, proven, now)).as("not put off").isEmpty();

    put(Reports.of("c").asked(A2));
    var back = Reports.of("b").offers("sample-A").report();
    assertThat(trials.permission(back, A2)).as("proven by the check").isEqualTo(Permission.ASK);
  }

  // ---- the node that tries

  @Test
  void aNodeThatDoesNotBeginIsFollowedByTheNext() {
    step(Kind.BEGUN);
    assertThat(outlook("one").lookAgain()).isPresent();
    now = now.plus(BEGIN);
    step(Kind.BEGUN);
    assertThat(trier()).isEqualTo("b");
  }

  @Test
  void theNextGetsItsCheckOnlyWhenTheFormerHasLostIt() {
    step(Kind.BEGUN);
    put(Reports.of("a").offers("sample-A").tries(A1));
    now = now.plus(BEGIN);
    step(Kind.BEGUN);
    assertThat(permission("a")).isEqualTo(Permission.WAIT);
    assertThat(permission("b")).isEqualTo(Permission.WAIT);
    put(Reports.of("a").offers("sample-A"));
    assertThat(permission("b")).isEqualTo(Permission.TRY);
  }

  @Test
  void theOnlyNodeKeepsItsTrial() {
    fleet.removeReport("b");
    fleet.removeReport("c");
    step(Kind.BEGUN);
    now = now.plus(BEGIN).plus(BEGIN);
    step();
    assertThat(trier()).isEqualTo("a");
  }

  @Test
  void aNodeThatIsNotReadyOrStaleOrOfAFormerNodeOrUnaskableGetsNoTrial() {
    put(Reports.of("a").offers("sample-A").notReady());
    put(Reports.of("b").offers("sample-A").observed(NOW.minus(Duration.ofHours(14))));
    put(Reports.of("c").offers("sample-A").ownedBy("another"));
    step();
    assertThat(trier()).isEqualTo("nobody");
  }

  @Test
  void oneThatHasBegunKeepsTheTrialUntilItIsSilentForTooLong() {
    step(Kind.BEGUN);
    put(Reports.of("a").offers("sample-A").tries(A1).says(A1, Reason.ASKING, BOOT));
    now = now.plus(BEGIN);
    step();
    assertThat(stored.trial().orElseThrow().hasBegun()).isTrue();
    now = now.plus(SILENCE);
    step(Kind.SUSPECTED);
    assertThat(stored.suspected()).extracting(Suspicion::node).containsExactly("a");
    assertThat(permission("b")).isEqualTo(Permission.WAIT);
    assertThat(permission("a")).as("its question stays").isEqualTo(Permission.HOLD);
    assertThat(trials.withheld(fleet.report("b").orElseThrow(), A1)).contains(Reason.SUSPECTED);
    now = now.plus(SILENCE);
    step();
  }

  @Test
  void aDriverThatHangsMakesTheClassSuspected() {
    step(Kind.BEGUN);
    put(Reports.of("a").offers("sample-A").tries(A1).says(A1, Reason.DRIVER_UNRESPONSIVE, null));
    now = now.plus(SILENCE);
    step(Kind.SUSPECTED);
  }

  @Test
  void aSlowDriverThatAnswersAfterAllClearsTheSuspicion() {
    aDriverThatHangsMakesTheClassSuspected();
    put(Reports.of("a").offers("sample-A").tries(A1).answers(A1, Verdict.INCOMPATIBLE));
    assertThat(step(Kind.CLEARED)).isEqualTo(Recorded.NOTHING);
    assertThat(permission("b")).isEqualTo(Permission.ASK);
  }

  @Test
  void aNodeThatBootsWhileItAsksMakesTheClassSuspected() {
    step(Kind.BEGUN);
    put(Reports.of("a").offers("sample-A").tries(A1).says(A1, Reason.ASKING, BOOT));
    boot("a", "boot-2");
    step(Kind.SUSPECTED);
  }

  @Test
  void soItIsWhenTheOperatorSeesOnlyWhatTheNextBootSays() {
    step(Kind.BEGUN);
    var after = Reports.of("a").boot("boot-2").offers("sample-A").tries(A1);
    fleet.put(after.says(A1, Reason.SUSPECTED, BOOT).report());
    boot("a", "boot-2");
    step(Kind.SUSPECTED);
  }

  @Test
  void theQuestionOfANodeThatHasBootedStaysUntilTheTrialHasBeenJudged() {
    step(Kind.BEGUN);
    put(
        Reports.of("a")
            .boot("boot-2")
            .offers("sample-A")
            .tries(A1)
            .says(A1, Reason.SUSPECTED, BOOT));
    assertThat(permission("a")).isEqualTo(Permission.HOLD);
    boot("a", "boot-2");
    step(Kind.SUSPECTED);
    assertThat(permission("a")).isEqualTo(Permission.HOLD);
  }

  @Test
  void aNodeThatBootsBeforeItHasBegunIsOnlyFollowedByTheNext() {
    step(Kind.BEGUN);
    boot("a", "boot-2");
    step(Kind.GIVEN_UP, Kind.BEGUN);
    assertThat(trier()).isEqualTo("b");
  }

  @Test
  void aNodeThatIsDeletedWhileItAsksMakesTheClassSuspectedAndBeforeNot() {
    step(Kind.BEGUN);
    fleet.removeNode("a");
    fleet.removeReport("a");
    step(Kind.GIVEN_UP, Kind.BEGUN);
    put(Reports.of("b").offers("sample-A").tries(A1).says(A1, Reason.ASKING, BOOT));
    step();
    fleet.removeNode("b");
    fleet.removeReport("b");
    step(Kind.SUSPECTED);
    assertThat(permission("c")).isEqualTo(Permission.WAIT);
  }

  @Test
  void aNodeThatIsReplacedWhileItAsksMakesTheClassSuspected() {
    step(Kind.BEGUN);
    put(Reports.of("a").offers("sample-A").tries(A1).says(A1, Reason.ASKING, BOOT));
    step();
    fleet.put(new NodeFacts("a", "another", Optional.of("boot-9"), Map.of()));
    step(Kind.SUSPECTED);
  }

  @Test
  void aDriverThatOnlyPutsOffIsFollowedByTheNextNode() {
    step(Kind.BEGUN);
    put(Reports.of("a").offers("sample-A").tries(A1).says(A1, Reason.TRANSIENT, null));
    now = now.plus(BEGIN);
    step();
    put(Reports.of("a").offers("sample-A").tries(A1).says(A1, Reason.EXHAUSTED, null));
    step(Kind.BEGUN);
    assertThat(trier()).isEqualTo("b");
  }

  @Test
  void aNodeWhoseDriverWasReplacedInTheSameBootWasNotHarmed() {
    step(Kind.BEGUN);
    put(Reports.of("a").offers("sample-A").tries(A1).says(A1, Reason.ASKING, BOOT));
    step();
    put(Reports.of("a").driver(NEW_DRIVER).offers("sample-A"));
    step(Kind.GIVEN_UP, Kind.BEGUN);
    assertThat(trier()).isEqualTo("b");
  }

  // ---- suspicion

  @Test
  void aSuspicionOutlivesTheClassThatNobodyPublishesAnyMore() {
    var suspicion = new Suspicion(DRIVER, "a", NOW.toString(), null);
    var recorded = new Recorded(Optional.empty(), List.of(suspicion));
    var object = object("one", recorded);
    object.setSpec(
        new MigrationCompatibilitySpec(
            "sample-A", new Source(null, null, "v2"), null, true, List.of()));
    object.getMetadata().setGeneration(9L);
    compatibilities.put(object);
    stored = recorded;
    assertThat(outlook("one").recorded()).containsEntry(A1.digest(), recorded);
  }

  @Test
  void anAdminLetsItBeTriedAgainOnce() {
    aDriverThatHangsMakesTheClassSuspected();
    retry(A1.digest());
    step(Kind.CLEARED, Kind.BEGUN);
    assertThat(trier()).isEqualTo("b");
    assertThat(permission("a")).as("its question goes").isEqualTo(Permission.WAIT);
    put(Reports.of("a").offers("sample-A"));
    put(Reports.of("b").offers("sample-A").tries(A1).says(A1, Reason.ASKING, BOOT));
    boot("b", "boot-2");
    step(Kind.SUSPECTED);
    assertThat(step().suspected()).extracting(Suspicion::wasRetried).containsExactly(true);
    retry();
    assertThat(step().suspected()).extracting(Suspicion::wasRetried).containsExactly(false);
    retry(A1.digest());
    step(Kind.CLEARED, Kind.BEGUN);
  }

  @Test
  void whatANodeStillTellsIsSuspectedAlthoughTheRecordWasLost() {
    put(
        Reports.of("a")
            .boot("boot-2")
            .offers("sample-A")
            .tries(A1)
            .says(A1, Reason.SUSPECTED, BOOT));
    boot("a", "boot-2");
    step(Kind.SUSPECTED);
    assertThat(stored.suspected()).extracting(Suspicion::node).containsExactly("a");
  }

  @Test
  void whatAnotherObjectSuspectsIsNotTried() {
    var suspicion = new Suspicion(DRIVER, "a", NOW.toString(), null);
    compatibilities.put(object("two", new Recorded(Optional.empty(), List.of(suspicion))));
    step();
    assertThat(stored).isEqualTo(Recorded.NOTHING);
  }
}
