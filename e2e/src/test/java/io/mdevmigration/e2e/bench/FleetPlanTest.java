package io.mdevmigration.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FleetPlanTest {
  @Test
  void eachKindAcceptsItsOwnClassAndThoseOfTheKindsBeforeIt() {
    FleetPlan plan = new FleetPlan(6, 3, 2, 1);
    assertThat(IntStream.range(0, 6).map(plan::kindOf)).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(plan.labels(0, FleetPlan.FIRST)).hasSize(1);
    assertThat(plan.labels(2, FleetPlan.FIRST))
        .hasSize(3)
        .containsAll(plan.labels(1, FleetPlan.FIRST));
    assertThat(plan.labels(2, FleetPlan.FIRST))
        .doesNotContainAnyElementsOf(plan.labels(2, FleetPlan.SECOND));
  }

  @Test
  void anAlteredDriverAlwaysChangesLabels() {
    for (int classes = 1; classes <= 4; classes++) {
      FleetPlan plan = new FleetPlan(4, classes, 2, 1);
      for (int kind = 0; kind < classes; kind++) {
        assertThat(plan.alteredLabels())
            .as("kind %d of %d", kind, classes)
            .isNotEqualTo(plan.labels(kind, FleetPlan.FIRST));
      }
    }
  }

  @Test
  void aFleetWithMoreClassesThanNodesIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FleetPlan(1, 2, 2, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new FleetPlan(2, 1, 2, 2, 1));
  }
}
