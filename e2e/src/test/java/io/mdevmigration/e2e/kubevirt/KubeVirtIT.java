package io.mdevmigration.e2e.kubevirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.kubevirt.FleetRun.Cause;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where KubeVirt's own controllers and kube-scheduler take a machine, on fleets drawn by lot. */
class KubeVirtIT {
  private static Lab lab;

  @BeforeAll
  static void startLab() {
    lab = Lab.start();
  }

  @AfterAll
  static void stopLab() {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aMigrationWithTheLabelsOfItsSourceGoesToANodeThatAcceptsThoughOthersAreFree(long seed) {
    try (FleetRun run = new FleetRun(lab, seed)) {
      Migration ended = run.migrate(Cause.USER, run.selectorOfSource());
      assertThat(run.complaint(ended)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"DRAIN, 11", "UPDATE, 12"})
  void withoutTheLabelsWhatKubeVirtBeginsItselfGoesToANodeThatRefusesAndFailsInTheDevice(
      Cause cause, long seed) {
    try (FleetRun run = new FleetRun(lab, seed)) {
      Migration ended = run.migrate(cause, Map.of());
      assertThat(lab.targetNode(ended).orElseThrow())
          .isIn(DrawnFleet.names(run.fleet().refusing()));
      assertThat(ended.phase()).isEqualTo("Failed");
      assertThat(run.machine().node()).isEqualTo(run.fleet().source().name());
    }
  }
}
