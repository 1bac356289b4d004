package io.mdevmigration.operator.trial;

import static io.mdevmigration.operator.fleet.Reports.DRIVER;
import static io.mdevmigration.operator.fleet.Reports.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.ClassOnDriver;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.Reports;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JustTriedTest {
  private static final Duration NEXT = Duration.ofSeconds(1);
  private static final TrialPeriods PERIODS =
      new TrialPeriods(Duration.ofSeconds(10), Duration.ofMinutes(2), NEXT, Duration.ofSeconds(2));
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");
  private static final MdevClass A3 = new MdevClass("sample-A", "v3");
  private static final MdevClass A4 = new MdevClass("sample-A", "v4");

  private final Fleet fleet = new Fleet();
  private final Set<String> suspected = new HashSet<>();
  private final JustTried justTried =
      new JustTried(fleet, (node, pair) -> !suspected.contains(pair.digest()), PERIODS);
  private Instant now = NOW;

  private static Reports trier() {
    return Reports.of("a").offers("sample-A").tries(A1).tries(A2).tries(A3);
  }

  private static Reports again() {
    return trier().tries(A4);
  }

  /** A node says something; as it is told to whoever decides. */
  private void says(Reports reports) {
    justTried.changed(fleet.put(reports.report()).tried(), "a", now);
  }

  private static NodeReport other() {
    return Reports.of("b").offers("sample-A").report();
  }

  private static List<Check> checks(MdevClass... classes) {
    return Stream.of(classes).map(c -> new Check(c.type(), c.version(), DRIVER)).toList();
  }

  /** Without the millisecond after which it is over. */
  private Optional<Duration> wait(MdevClass... decided) {
    return justTried.maxWait(other(), checks(decided), now).map(wait -> wait.minusMillis(1));
  }

  @Test
  void aClassWaitsForOthersThatTheNodeIsStillTrying() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    assertThat(wait(A1)).contains(NEXT);
  }

  @Test
  void theLastOneIsWaitedForByNobody() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    says(trier().answers(A1, Verdict.COMPATIBLE).answers(A2, Verdict.INCOMPATIBLE));
    assertThat(wait(A1, A2)).isPresent();
    says(
        trier()
            .answers(A1, Verdict.COMPATIBLE)
            .answers(A2, Verdict.INCOMPATIBLE)
            .answers(A3, Verdict.COMPATIBLE));
    assertThat(wait(A1, A2, A3)).isEmpty();
    assertThat(wait(A1)).isEmpty();
  }

  @Test
  void itWaitsWhileOneTrialAfterTheOtherEnds() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    now = NOW.plusMillis(700);
    assertThat(wait(A1)).contains(Duration.ofMillis(300));
    says(trier().answers(A1, Verdict.COMPATIBLE).answers(A2, Verdict.COMPATIBLE));
    assertThat(wait(A1, A2)).contains(NEXT);
    now = NOW.plusMillis(1700);
    assertThat(wait(A1, A2)).isEmpty();
  }

  @Test
  void theFirstOneWaitsForAWhileAtMostAndTakesTheOthersAlong() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    now = NOW.plusMillis(900);
    says(trier().answers(A1, Verdict.COMPATIBLE).answers(A2, Verdict.COMPATIBLE));
    now = NOW.plusMillis(1800);
    assertThat(wait(A1)).contains(Duration.ofMillis(100));
    now = NOW.plusMillis(1850);
    says(
        again()
            .answers(A1, Verdict.COMPATIBLE)
            .answers(A2, Verdict.COMPATIBLE)
            .answers(A3, Verdict.COMPATIBLE));
    assertThat(wait(A1, A2, A3)).contains(Duration.ofMillis(150));
    now = NOW.plusSeconds(2);
    assertThat(wait(A1, A2, A3)).isEmpty();
    assertThat(wait(A3)).contains(Duration.ofMillis(850));
  }

  @Test
  void aClassThatWasTriedBeforeWaitsForNothing() {
    says(trier().answers(A1, Verdict.COMPATIBLE));
    now = NOW.plus(NEXT);
    says(trier().answers(A1, Verdict.COMPATIBLE).answers(A2, Verdict.COMPATIBLE));
    assertThat(wait(A1)).isEmpty();
    assertThat(wait(A1, A2)).isEmpty();
    assertThat(wait(A2)).isPresent();
  }

  @Test
  void aTrialAndACheckThatGoesWaitForNothing() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    var trial = Stream.concat(checks(A1).stream(), checks(A3).stream().map(Check::asTrial));
    assertThat(justTried.maxWait(other(), trial.toList(), now)).isEmpty();
    NodeReport asked = Reports.of("b").offers("sample-A").asked(A3).report();
    assertThat(justTried.maxWait(asked, checks(A1), now)).isEmpty();
    assertThat(justTried.maxWait(asked, checks(A3, A1), now)).isPresent();
  }

  @Test
  void whereNothingElseIsTriedNothingWaits() {
    says(Reports.of("a").offers("sample-A").tries(A1));
    says(Reports.of("a").offers("sample-A").tries(A1).answers(A1, Verdict.COMPATIBLE));
    assertThat(wait(A1)).isEmpty();
  }

  @Test
  void aTrialThatBeginsLaterIsNotWaitedFor() {
    says(Reports.of("a").offers("sample-A").tries(A1));
    says(Reports.of("a").offers("sample-A").tries(A1).answers(A1, Verdict.COMPATIBLE));
    says(trier().answers(A1, Verdict.COMPATIBLE));
    assertThat(wait(A1)).isEmpty();
  }

  @Test
  void whatIsTriedOnAnotherDriverIsNotWaitedFor() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    var there = List.of(new Check("sample-A", "v1", "dddddddddddddddddddd"));
    assertThat(justTried.maxWait(other(), there, now)).isEmpty();
  }

  @Test
  void aNodeThatGivesUpIsNotWaitedFor() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    assertThat(wait(A1)).isPresent();
    fleet.put(
        Reports.of("a").offers("sample-A").tries(A1).answers(A1, Verdict.COMPATIBLE).report());
    assertThat(wait(A1)).isEmpty();
  }

  @Test
  void aNodeThatIsGoneIsNotWaitedFor() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    assertThat(wait(A1)).isPresent();
    fleet.removeReport("a");
    assertThat(wait(A1)).isEmpty();
  }

  @Test
  void aTrialThatEndedInSuspicionIsNotWaitedForThoughItsCheckStays() {
    says(trier());
    suspected.addAll(Set.of(A2.digest(), A3.digest()));
    says(trier().answers(A1, Verdict.COMPATIBLE));
    assertThat(wait(A1)).isEmpty();
  }

  @Test
  void aChangeOfMindDoesNotMakeItWaitLonger() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    for (int i = 1; i <= 3; i++) {
      now = NOW.plusMillis(600L * i);
      says(trier());
      says(trier().answers(A1, Verdict.COMPATIBLE));
    }
    assertThat(wait(A1)).contains(Duration.ofMillis(200));
  }

  @Test
  void aClockThatIsPutBackDoesNotMakeItWait() {
    says(trier());
    says(trier().answers(A1, Verdict.COMPATIBLE));
    now = NOW.minusSeconds(60);
    assertThat(wait(A1)).isEmpty();
  }

  @Test
  void aPairThatIsNewAgainIsNotJustTried() {
    fleet.put(trier().answers(A1, Verdict.COMPATIBLE).report());
    fleet.put(trier().report());
    justTried.changed(Set.of(new ClassOnDriver("sample-A", A1.digest(), DRIVER)), "a", now);
    assertThat(wait(A1)).isEmpty();
  }
}
