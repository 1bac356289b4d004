package io.mdevmigration.operator.compatibility;

import static io.mdevmigration.operator.fleet.Reports.NOW;
import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.Reports;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTest {
  private static final MdevClass A1 = new MdevClass("sample-A", "v1");
  private static final Problem ENODEV = new Problem(Reason.NOT_SUPPORTED.toString(), 19, "ENODEV");
  private static final Problem NO_ATTRIBUTE =
      new Problem(Reason.NO_VERSION_ATTRIBUTE.toString(), null, null);
  private static final Problem EIO = new Problem(Reason.READ_FAILED.toString(), 5, "EIO");

  @Test
  void aTypeThatCannotBeAskedAnywhereOnTheNodeWaitsForNoTrial() {
    Standing standing = awaitingTrial(Reports.of("a").offers("sample-A", ENODEV));
    assertThat(standing.verdict()).isEqualTo(Verdict.UNSUPPORTED);
    assertThat(standing.reason()).isEqualTo("NotSupported");
    assertThat(standing.errno()).contains(19);
    assertThat(standing.errnoName()).contains("ENODEV");
  }

  @Test
  void ofSeveralParentsTheWorstCountsWhereNoneCanBeAsked() {
    Standing standing =
        awaitingTrial(
            Reports.of("a")
                .offers("sample-A", EIO)
                .anotherGroup()
                .offers("sample-A", NO_ATTRIBUTE));
    assertThat(standing.verdict()).isEqualTo(Verdict.UNSUPPORTED);
    assertThat(standing.reason()).isEqualTo("NoVersionAttribute");
  }

  @Test
  void aTypeThatCannotBeReadIsDoubt() {
    Standing standing = awaitingTrial(Reports.of("a").offers("sample-A", EIO));
    assertThat(standing.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(standing.reason()).isEqualTo("ReadFailed");
  }

  @Test
  void aTypeThatSomeParentCanBeAskedAboutWaitsForItsTrial() {
    Standing standing =
        awaitingTrial(Reports.of("a").offers("sample-A", ENODEV).anotherGroup().offers("sample-A"));
    assertThat(standing.verdict()).isEqualTo(Verdict.UNKNOWN);
    assertThat(standing.reason()).isEqualTo("AwaitingTrial");
  }

  private static Standing awaitingTrial(Reports reports) {
    return Standing.of(node("a"), reports.report(), A1, Optional.of(Reason.AWAITING_TRIAL), NOW);
  }
}
