package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Recheck;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecheckPeriodsTest {
  private static RecheckPeriods of(String accepted, String refused) {
    return RecheckPeriods.of(Optional.of(new Recheck(accepted, refused)));
  }

  @Test
  void whatTheSpecSaysHolds() {
    assertThat(of("90m", "8760h"))
        .isEqualTo(new RecheckPeriods(Duration.ofMinutes(90), Duration.ofDays(365)));
  }

  @Test
  void whatIsMissingOrNoDurationIsTheDefault() {
    assertThat(RecheckPeriods.of(Optional.empty())).isEqualTo(RecheckPeriods.DEFAULT);
    assertThat(of(null, null)).isEqualTo(RecheckPeriods.DEFAULT);
    assertThat(of("soon", "99999999999h")).isEqualTo(RecheckPeriods.DEFAULT);
  }

  @Test
  void aMinuteIsTheLeast() {
    assertThat(of("0s", "30s").accepted()).isEqualTo(Duration.ofMinutes(1));
    assertThat(of("0s", "30s").refused()).isEqualTo(Duration.ofMinutes(1));
  }
}
