package io.mdevmigration.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.operator.label.LabelTable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A few runs of the chaos test. */
class ChaosIT {
  private static final int RUNS = 3;

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = Cluster.on(ControlPlane.start(new Options().withoutAudit()));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void everyPromiseIsKeptInAFewRuns() {
    for (long seed = 1; seed <= RUNS; seed++) {
      var result = Run.play(cluster, Schedule.of(seed), LabelTable.DESIGN, Run.PATIENCE);
      System.out.println(result.line());
      assertThat(result.violations()).as("e2e/chaos --runs 1 --seed %d", seed).isEmpty();
    }
  }
}
