package io.mdevmigration.operator.trial;

import static io.mdevmigration.operator.fleet.Reports.DRIVER;
import static io.mdevmigration.operator.fleet.Reports.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.ClassOnDriver;
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
  private static final String OTHER_DRIVER = "dddddddddddddddddddd";
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final MdevClass A2 = new MdevClass("sample-A", "v2");
  private static final MdevClass A3 = new MdevClass("sample-A", "v3");

  private final Set<String> trying = new HashSet<>(Set.of(DRIVER));
  private String typeTried = "sample-A";
  private final JustTried justTried =
      new JustTried((driver, types) -> trying.contains(driver) && types.test(typeTried), PERIODS);

  private static Check check(MdevClass mdevClass, String driver) {
    return new Check(mdevClass.type(), mdevClass.version(), driver);
  }

  private static List<Check> checks(MdevClass... classes) {
    return Stream.of(classes).map(c -> check(c, DRIVER)).toList();
  }

  private static Instant at(long millis) {
    return NOW.plusMillis(millis);
  }

  private void ends(MdevClass mdevClass, long millis) {
    var pair = new ClassOnDriver(mdevClass.type(), mdevClass.digest(), DRIVER);
    justTried.ended(List.of(pair), at(millis));
  }

  private Optional<Duration> wait(Reports reports, List<Check> decided, long millis) {
    NodeReport report = reports.offers("sample-A").report();
    // Without the millisecond after which it is over.
    return justTried.maxWait(report, decided, at(millis)).map(wait -> wait.minusMillis(1));
  }

  private Optional<Duration> wait(long millis, MdevClass... decided) {
    return wait(Reports.of("b"), checks(decided), millis);
  }

  @Test
  void aClassWaitsForOthersThatAreStillBeingTried() {
    ends(A1, 0);
    assertThat(wait(300, A1)).contains(Duration.ofMillis(700));
  }

  @Test
  void theLastOneIsWaitedForByNobody() {
    ends(A1, 0);
    ends(A2, 100);
    trying.clear();
    ends(A3, 200);
    assertThat(wait(200, A1, A2, A3)).isEmpty();
    assertThat(wait(200, A1)).isEmpty();
  }

  @Test
  void itWaitsWhileOneTrialAfterTheOtherEnds() {
    ends(A1, 0);
    ends(A2, 700);
    assertThat(wait(700, A1, A2)).contains(NEXT);
    assertThat(wait(1700, A1, A2)).isEmpty();
  }

  @Test
  void theFirstOneWaitsForAWhileAtMostAndTakesTheOthersAlong() {
    ends(A1, 0);
    ends(A2, 900);
    assertThat(wait(1800, A1)).contains(Duration.ofMillis(100));
    ends(A3, 1850);
    assertThat(wait(1850, A1, A2, A3)).contains(Duration.ofMillis(150));
    assertThat(wait(2000, A1, A2, A3)).isEmpty();
    assertThat(wait(2000, A3)).contains(Duration.ofMillis(850));
  }

  @Test
  void aClassThatWasTriedBeforeWaitsForNothing() {
    ends(A2, 0);
    assertThat(wait(0, A1)).isEmpty();
    assertThat(wait(0, A1, A2)).isEmpty();
    assertThat(wait(0, A2)).isPresent();
  }

  @Test
  void aTrialWaitsForNothing() {
    ends(A1, 0);
    var withTrial = List.of(check(A1, DRIVER), check(A3, DRIVER).asTrial());
    assertThat(wait(Reports.of("b"), withTrial, 0)).isEmpty();
  }

  @Test
  void aCheckThatGoesWaitsForNothing() {
    ends(A1, 0);
    assertThat(wait(Reports.of("b").asked(A3), checks(A1), 0)).isEmpty();
    assertThat(wait(Reports.of("b").asked(A3), checks(A3, A1), 0)).isPresent();
  }

  @Test
  void whereNothingElseIsTriedNothingWaitsThoughATrialBeginsLater() {
    trying.clear();
    ends(A1, 0);
    trying.add(DRIVER);
    assertThat(wait(0, A1)).isEmpty();
  }

  @Test
  void whatIsTriedOnAnotherDriverIsNotWaitedFor() {
    trying.add(OTHER_DRIVER);
    ends(A1, 0);
    assertThat(wait(Reports.of("b"), List.of(check(A1, OTHER_DRIVER)), 0)).isEmpty();
    trying.remove(DRIVER);
    assertThat(wait(0, A1)).isEmpty();
  }

  @Test
  void aTypeThatTheNodeDoesNotOfferIsNotWaitedFor() {
    typeTried = "sample-B";
    ends(A1, 0);
    assertThat(wait(0, A1)).isEmpty();
    assertThat(wait(Reports.of("b").offers("sample-B"), checks(A1), 0)).isPresent();
  }

  @Test
  void aNodeThatComesToTheDriverDoesNotWaitForWhatItWasAskedBefore() {
    ends(A1, 0);
    var formerly = Reports.of("b").asked(check(A1, OTHER_DRIVER));
    assertThat(wait(formerly, checks(A1), 0)).isEmpty();
  }

  @Test
  void theCheckOfTheTrialItselfMayWait() {
    ends(A1, 0);
    assertThat(wait(Reports.of("a").tries(A1), checks(A1), 0)).isPresent();
  }

  @Test
  void aChangeOfMindDoesNotMakeItWaitLonger() {
    ends(A1, 0);
    ends(A1, 600);
    ends(A1, 1200);
    ends(A1, 1800);
    assertThat(wait(1800, A1)).contains(Duration.ofMillis(200));
  }

  @Test
  void aClockThatIsPutBackDoesNotMakeItWait() {
    ends(A1, 0);
    assertThat(wait(-60_000, A1)).isEmpty();
  }
}
