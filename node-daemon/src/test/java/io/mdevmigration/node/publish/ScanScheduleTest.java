package io.mdevmigration.node.publish;

import static io.mdevmigration.node.uevent.KernelChange.LOST;
import static io.mdevmigration.node.uevent.KernelChange.MODULE;
import static io.mdevmigration.node.uevent.KernelChange.REGISTERED;
import static io.mdevmigration.node.uevent.KernelChange.UNREGISTERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.node.uevent.KernelChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScanScheduleTest {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private final ScanSchedule schedule =
      new ScanSchedule(Duration.ofSeconds(60), Duration.ofMillis(100), Duration.ofMillis(700));

  /** Milliseconds since {@link #START}. */
  private long now;

  private final List<Long> scans = new ArrayList<>();

  @Test
  void theFirstScanIsDueAtOnceAndTheNextAfterTheInterval() {
    until(130_000);
    assertThat(scans).containsExactly(0L, 60_000L, 120_000L);
  }

  @ParameterizedTest
  @EnumSource
  void aChangeIsReadAsSoonAsTheKernelHasSettled(KernelChange change) {
    until(1000);
    tell(change);
    until(1150);
    assertThat(scans).containsExactly(0L, 1100L);
  }

  @Test
  void changesThatFollowEachOtherAreReadOnce() {
    until(1000);
    for (int i = 0; i < 256; i++) {
      tell(UNREGISTERED);
      until(now + 1);
    }
    until(now + 90);
    for (int i = 0; i < 256; i++) {
      tell(REGISTERED);
      until(now + 1);
    }
    assertThat(scans).containsExactly(0L);
    until(1800);
    assertThat(scans).as("256 + 90 + 256 ms, the last at 1601").containsExactly(0L, 1700L);
  }

  @Test
  void aStormIsReadFromTimeToTime() {
    until(1000);
    while (now < 11_000) {
      tell(now % 2 == 0 ? REGISTERED : UNREGISTERED);
      until(now + 5);
    }
    assertThat(scans).hasSizeBetween(14, 16);
    assertThat(scans.get(1)).isEqualTo(1700);
    int before = scans.size();
    until(20_000);
    assertThat(scans.size() - before).as("the end of it, and three looks").isLessThanOrEqualTo(4);
  }

  @Test
  void scansThatTakeLongLeaveTimeInBetween() {
    until(1000);
    tell(UNREGISTERED);
    until(1100);
    // The scan takes two seconds, in which a change comes.
    schedule.begins(at(1100));
    schedule.changed(UNREGISTERED, at(1200));
    schedule.ends(at(3100), false);
    assertThat(schedule.due(at(3100))).isEqualTo(at(3200));
  }

  @ParameterizedTest
  @EnumSource(names = {"REGISTERED", "LOST"})
  void afterAParentWasRegisteredTheTreeIsReadAgainForLateAttributes(KernelChange change) {
    until(1000);
    tell(change);
    until(50_000);
    assertThat(scans).containsExactly(0L, 1100L, 1200L, 2000L, 4000L);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNREGISTERED", "MODULE"})
  void nothingIsLateAfterAnythingElse(KernelChange change) {
    until(1000);
    tell(change);
    until(50_000);
    assertThat(scans).containsExactly(0L, 1100L);
  }

  @Test
  void looksAgainDoNotFallIntoTheMiddleOfAChange() {
    until(1000);
    tell(REGISTERED);
    until(1150);
    tell(UNREGISTERED);
    until(1240);
    tell(UNREGISTERED);
    until(1339);
    assertThat(scans).containsExactly(0L, 1100L);
    assertThat(schedule.isSettling(at(1339))).isTrue();
    until(1341);
    assertThat(scans).containsExactly(0L, 1100L, 1340L);
    assertThat(schedule.isSettling(at(1341))).isFalse();
  }

  @Test
  void aScanThatIsAskedForIsDueAtOnceUnlessTheKernelIsChanging() {
    until(1000);
    schedule.ask();
    until(1001);
    assertThat(scans).containsExactly(0L, 1000L);
    tell(MODULE);
    schedule.ask();
    until(1500);
    assertThat(scans).containsExactly(0L, 1000L, 1101L);
  }

  @Test
  void whatIsAskedForDuringAScanComesAfterIt() {
    until(1000);
    schedule.begins(at(1000));
    schedule.ask();
    schedule.ends(at(1010), false);
    assertThat(schedule.isDue(at(1010))).isTrue();
  }

  @Test
  void aScanThatFailedIsStillDue() {
    schedule.begins(at(0));
    assertThat(schedule.isDue(at(1))).isTrue();
  }

  @Test
  void whatVanishedDuringAScanIsLookedAtSoon() {
    schedule.begins(at(0));
    schedule.ends(at(10), true);
    assertThat(schedule.due(at(10))).isEqualTo(at(210));
    schedule.begins(at(210));
    schedule.ends(at(220), false);
    assertThat(schedule.due(at(220))).isEqualTo(at(60_220));
    schedule.askSoon(at(220));
    assertThat(schedule.due(at(220))).isEqualTo(at(420));
  }

  @Test
  void aClockPutBackPostponesNothingForLong() {
    until(1000);
    Instant later = at(86_400_000);
    schedule.begins(later);
    schedule.ends(later, false);
    schedule.changed(LOST, later);
    Instant back = at(1000);
    assertThat(schedule.due(back)).isEqualTo(at(1100));
    schedule.begins(at(1100));
    schedule.ends(at(1100), false);
    assertThat(schedule.due(at(1100))).isBefore(at(1300));
    schedule.begins(later);
    schedule.ends(later, false);
    assertThat(schedule.due(back)).isBeforeOrEqualTo(at(61_000));
  }

  @Test
  void itSaysHowLongAChangeHasToWait() {
    until(1000);
    assertThat(schedule.changed(UNREGISTERED, at(1000))).isEqualTo(Duration.ofMillis(100));
    assertThat(schedule.changed(UNREGISTERED, at(1650))).isEqualTo(Duration.ofMillis(50));
    assertThat(schedule.changed(UNREGISTERED, at(5000))).isEqualTo(Duration.ZERO);
  }

  private void tell(KernelChange change) {
    schedule.changed(change, at(now));
  }

  /** Lives until a moment, reading whenever it is time; a scan takes no time. */
  private void until(long moment) {
    for (; now < moment; now++) {
      if (schedule.isDue(at(now))) {
        schedule.begins(at(now));
        scans.add(now);
        schedule.ends(at(now), false);
      }
    }
  }

  private static Instant at(long millis) {
    return START.plusMillis(millis);
  }
}
