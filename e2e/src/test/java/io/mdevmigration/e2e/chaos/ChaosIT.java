package io.mdevmigration.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.operator.label.LabelTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A few runs of the chaos test, and a few operators with a mistake that it has to notice. */
class ChaosIT {
  private static final int RUNS = 4;
  private static final int RUNS_TO_NOTICE = 8;

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

  @ParameterizedTest
  @EnumSource(
      value = Mutation.class,
      names = {"OLD_ANSWER_COUNTS", "REFUSED_KEPT", "DOUBT_REMOVES", "FORMER_NODE_REMOVES"})
  void aMistakeInTheLabelTableIsNoticedWithinAFewRuns(Mutation mutation) {
    List<Violation> violations = new ArrayList<>();
    for (long seed = 1; seed <= RUNS_TO_NOTICE && violations.isEmpty(); seed++) {
      var result = Run.play(cluster, Schedule.of(seed), mutation.table(), Mutation.PATIENCE);
      System.out.println(mutation + ": " + result.line());
      violations.addAll(result.violations());
    }
    assertThat(violations).isNotEmpty();
  }
}
