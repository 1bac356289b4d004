package io.mdevmigration.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mdevmigration.e2e.bench.Sweep.Size;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SweepTest {
  private static Map<Size, List<Integer>> numbers() {
    return new EnumMap<>(
        Map.of(
            Size.NODES, List.of(20),
            Size.CLASSES, List.of(2),
            Size.TYPES, List.of(2),
            Size.PARENTS, List.of(2)));
  }

  @ParameterizedTest
  @EnumSource
  void eachSizeMayHaveSeveralNumbers(Size size) {
    Map<Size, List<Integer>> numbers = numbers();
    numbers.put(size, List.of(3, 7, 11));
    Sweep sweep = Sweep.of(numbers, 50);
    assertThat(sweep.size()).isEqualTo(size);
    assertThat(sweep.fleets()).extracting(size::of).containsExactly(3, 7, 11);
    for (Size other : Size.values()) {
      if (other != size) {
        assertThat(sweep.fleets()).extracting(other::of).containsOnly(numbers.get(other).get(0));
      }
    }
  }

  @Test
  void oneFleetAloneIsASweepOverNodes() {
    assertThat(Sweep.of(numbers(), 50))
        .isEqualTo(new Sweep(Size.NODES, List.of(new FleetPlan(20, 2, 2, 2))));
  }

  @Test
  void noMoreDriversThanClassesShareThem() {
    Map<Size, List<Integer>> numbers = numbers();
    numbers.put(Size.CLASSES, List.of(1, 2, 5));
    assertThat(Sweep.of(numbers, 2).fleets())
        .extracting(FleetPlan::drivers)
        .containsExactly(1, 2, 2);
  }

  @Test
  void onlyOneSizeMayVary() {
    Map<Size, List<Integer>> numbers = numbers();
    numbers.put(Size.TYPES, List.of(1, 2));
    numbers.put(Size.PARENTS, List.of(1, 2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sweep.of(numbers, 50))
        .withMessageContainingAll("types", "parents");
  }
}
