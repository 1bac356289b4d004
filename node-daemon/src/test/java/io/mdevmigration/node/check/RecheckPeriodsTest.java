package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Recheck;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecheckPeriodsTest {
  @Test
  void readsWhatTheSchemaAllows() {
    assertThat(RecheckPeriods.parse("6h")).contains(Duration.ofHours(6));
    assertThat(RecheckPeriods.parse("90m")).contains(Duration.ofMinutes(90));
    assertThat(RecheckPeriods.parse("1h30m10s")).contains(Duration.ofMinutes(90).plusSeconds(10));
    assertThat(RecheckPeriods.parse("8760h")).contains(Duration.ofDays(365));
  }

  @Test
  void whatIsNoDurationIsTheDefault() {
    assertThat(RecheckPeriods.parse("")).isEmpty();
    assertThat(RecheckPeriods.parse("6 hours")).isEmpty();
    assertThat(RecheckPeriods.parse("-6h")).isEmpty();
    assertThat(RecheckPeriods.parse("99999999999h")).isEmpty();
    assertThat(RecheckPeriods.of(Optional.of(new Recheck("soon", null))))
        .isEqualTo(RecheckPeriods.DEFAULT);
  }

  @Test
  void aMinuteIsTheLeast() {
    assertThat(RecheckPeriods.parse("0s")).contains(Duration.ofMinutes(1));
  }
}
