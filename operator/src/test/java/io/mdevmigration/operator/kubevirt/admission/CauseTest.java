package io.mdevmigration.operator.kubevirt.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.operator.kubevirt.need.Need;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CauseTest {
  @ParameterizedTest
  @EnumSource
  void whatIsUnclearAboutAVmiIsACause(Need.Why why) {
    assertThat(Cause.of(why).name()).isEqualTo(why.name());
  }
}
