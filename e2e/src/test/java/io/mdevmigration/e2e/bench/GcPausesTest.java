package io.mdevmigration.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GcPausesTest {
  @Test
  void theSerialCollectorsPausesAreCounted() {
    GcPauses pauses =
        GcPauses.parse(
            List.of(
                "[0.004s][info][gc] Using Serial",
                "[0.385s][info][gc] GC(0) Pause Young (Allocation Failure) 12M->3M(46M) 9.033ms",
                "[0.499s][info][gc] GC(1) Pause Young (Allocation Failure) 16M->11M(46M) 10.611ms",
                "[0.590s][info][gc] GC(2) Pause Full (System.gc()) 29M->12M(46M) 5.904ms"));
    assertThat(pauses.count()).isEqualTo(3);
    assertThat(pauses.totalMillis()).isEqualTo(25.548, within(1e-9));
    assertThat(pauses.longestMillis()).isEqualTo(10.611);
  }

  @Test
  void whatACollectorDoesBesideTheProgramIsNoPause() {
    GcPauses pauses =
        GcPauses.parse(
            List.of(
                "[0.003s] Using G1",
                "[0.485s] GC(6) Concurrent Mark Cycle",
                "[0.488s] GC(11) To-space exhausted",
                "[0.490s] GC(6) Pause Remark 30M->30M(46M) 0.507ms",
                "[0.495s] GC(6) Concurrent Mark Cycle 9.655ms"));
    assertThat(pauses).isEqualTo(new GcPauses(1, 0.507, 0.507));
  }

  @Test
  void aJvmThatHasNotCollectedYetHasNotPaused() {
    assertThat(GcPauses.parse(List.of("[0.004s][info][gc] Using Serial")))
        .isEqualTo(new GcPauses(0, 0, 0));
  }
}
