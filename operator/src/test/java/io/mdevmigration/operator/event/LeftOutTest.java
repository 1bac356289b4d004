package io.mdevmigration.operator.event;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.operator.label.LabelRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeftOutTest {
  private static final Involved FLEET = Involved.compatibility("fleet", "uid-fleet");
  private static final Involved POOL = Involved.compatibility("pool", "uid-pool");
  private static final LabelChange ADDED = change(LabelRow.ACCEPTED, null);
  private static final LabelChange REFUSED = change(LabelRow.REFUSED, "Refused EINVAL");
  private static final LabelChange REBOOTED = change(LabelRow.REBOOTED, null);

  private final LeftOut leftOut = new LeftOut();

  @Test
  void whatIsLeftOutIsCountedByLabelAndCause() {
    add(FLEET, ADDED, "k1", 312);
    add(FLEET, REFUSED, "k1", 3);
    add(FLEET, REBOOTED, "k1", 1);
    add(FLEET, REBOOTED, "k2", 1);
    var due = leftOut.due(NOW.plus(LeftOut.PERIOD));
    assertThat(due)
        .extracting(Occurrence::message)
        .containsExactly(
            "312 other nodes got and 4 other nodes lost (Rebooted 1, Refused EINVAL 3) the label"
                + " k1; 1 other node lost (Rebooted 1) the label k2");
    assertThat(due).extracting(Occurrence::about).containsExactly(FLEET);
  }

  @Test
  void anObjectIsToldOfAtMostOncePerPeriodAndNotWithoutNews() {
    int told = 0;
    for (int tenths = 0; tenths < 600; tenths++) {
      Instant now = NOW.plusMillis(100L * tenths);
      leftOut.add(FLEET, ADDED, "k", now);
      told += leftOut.due(now).size();
    }
    assertThat(told).isEqualTo(5);
    Instant later = NOW.plusSeconds(120);
    assertThat(leftOut.due(later)).hasSize(1);
    assertThat(leftOut.due(later.plusSeconds(20))).isEmpty();
  }

  @Test
  void aWaveIsOneEventThatGrows() {
    add(FLEET, ADDED, "k", 10);
    var first = leftOut.due(NOW.plusSeconds(10)).get(0);
    leftOut.add(FLEET, ADDED, "k", NOW.plusSeconds(15));
    var second = leftOut.due(NOW.plusSeconds(20)).get(0);
    assertThat(second.eventName()).isEqualTo(first.eventName());
    assertThat(second.message()).isEqualTo("11 other nodes got the label k");
  }

  @Test
  void theNextWaveIsAnotherEvent() {
    add(FLEET, ADDED, "k", 10);
    var first = leftOut.due(NOW.plusSeconds(10)).get(0);
    assertThat(leftOut.due(NOW.plusSeconds(60))).isEmpty();
    leftOut.add(FLEET, ADDED, "k", NOW.plusSeconds(61));
    var next = leftOut.due(NOW.plusSeconds(71)).get(0);
    assertThat(next.eventName()).isNotEqualTo(first.eventName());
    assertThat(next.message()).isEqualTo("1 other node got the label k");
  }

  @Test
  void objectsAreToldOfSeparately() {
    add(FLEET, ADDED, "k", 1);
    add(POOL, ADDED, "k", 1);
    assertThat(leftOut.due(NOW.plus(LeftOut.PERIOD)))
        .extracting(Occurrence::about)
        .containsExactlyInAnyOrder(FLEET, POOL);
  }

  @Test
  void theCausesAreBoundedWhateverDriversSay() {
    for (int i = 0; i < 1000; i++) {
      leftOut.add(FLEET, change(LabelRow.REFUSED, "cause" + i), "k", NOW);
    }
    assertThat(leftOut.rest().get(0).message())
        .startsWith("1000 other nodes lost (")
        .contains("other 992")
        .hasSizeLessThan(200);
  }

  @Test
  void theRestIsToldAtTheEndWhateverTheTime() {
    add(FLEET, ADDED, "k", 1);
    assertThat(leftOut.rest()).hasSize(1);
    assertThat(leftOut.rest()).isEmpty();
  }

  @Test
  void aClockThatIsSetBackDoesNotSilenceAnything() {
    add(FLEET, ADDED, "k", 1);
    assertThat(leftOut.due(NOW.minus(Duration.ofHours(1)))).hasSize(1);
  }

  private void add(Involved about, LabelChange change, String key, int times) {
    for (int i = 0; i < times; i++) {
      leftOut.add(about, change, key, NOW);
    }
  }

  private static LabelChange change(LabelRow row, String detail) {
    return new LabelChange(node("a"), row, Optional.ofNullable(detail), List.of("k"));
  }
}
