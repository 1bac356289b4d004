package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.node.check.OutcomeCases.OutcomeCase;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the table in section 4 of the design that an attempt can lead to. */
class OutcomeTest {
  static List<OutcomeCase> cases() {
    return OutcomeCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anAttemptMeansWhatTheTableSays(OutcomeCase outcomeCase) {
    assertThat(Outcome.of(outcomeCase.attempt())).isEqualTo(outcomeCase.outcome());
  }
}
