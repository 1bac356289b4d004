package io.mdevmigration.e2e.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mdevmigration.e2e.change.Kind.Labels;
import io.mdevmigration.e2e.change.Kind.Reload;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KindTest {
  private static final Setup ONE = new Setup("1.0", Set.of("A-v1"));
  private static final Setup TWO = new Setup("1.0", Set.of("A-v2"));
  private static final Setup BOTH = new Setup("2.0", Set.of("A-v1", "A-v2"));

  @Test
  void saysWhichDriverComesAndWhatBecomesOfTheLabels() {
    assertThat(Kind.of(ONE, TWO)).isEqualTo(new Kind(Reload.SAME_DRIVER, Labels.GO_AND_COME));
    assertThat(Kind.of(ONE, BOTH)).isEqualTo(new Kind(Reload.KNOWN_DRIVER, Labels.COME));
    assertThat(Kind.of(BOTH, TWO)).isEqualTo(new Kind(Reload.KNOWN_DRIVER, Labels.GO));
  }

  @Test
  void aReloadThatChangesNoLabelIsNoChangeToMeasure() {
    assertThatThrownBy(() -> Kind.of(ONE, new Setup("2.0", ONE.accepts())))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
