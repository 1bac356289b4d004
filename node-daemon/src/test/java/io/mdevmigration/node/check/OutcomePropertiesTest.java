package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OutcomePropertiesTest {
  @Property
  void onlyAWriteThatReturnsItsLengthIsCompatible(
      @ForAll @IntRange(min = 1, max = 5000) int errno,
      @ForAll boolean there,
      @ForAll boolean writable,
      @ForAll int count,
      @ForAll @IntRange(max = 4096) int length) {
    assertThat(Outcome.of(new Attempt.WriteFailed(errno, there)).verdict())
        .isNotEqualTo(Verdict.COMPATIBLE);
    assertThat(Outcome.of(new Attempt.OpenFailed(errno, writable)).verdict())
        .isIn(Verdict.UNKNOWN, Verdict.UNSUPPORTED);
    assertThat(Outcome.of(new Attempt.Returned(count, length)).verdict() == Verdict.COMPATIBLE)
        .isEqualTo(count == length && length > 0);
  }

  @Example
  void everyErrnoThatIsNotNamedIsARefusal() {
    Set<Integer> named = Set.of(19, 95, 524, 11, 16, 12, 5, 110, 4);
    for (int errno = 1; errno < 600; errno++) {
      if (!named.contains(errno)) {
        assertThat(Outcome.of(new Attempt.WriteFailed(errno, true)).reason())
            .isEqualTo(Reason.REFUSED);
      }
    }
  }
}
