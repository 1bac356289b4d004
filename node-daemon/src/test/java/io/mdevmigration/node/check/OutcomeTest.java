package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.posix.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row of the table in section 4 of the design that an attempt can lead to. */
class OutcomeTest {
  @Test
  void aWriteThatReturnsTheLengthIsAccepted() {
    assertThat(Outcome.of(new Attempt.Returned(5, 5)))
        .isEqualTo(Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED));
  }

  @ParameterizedTest
  @CsvSource({"0,5", "4,5", "6,5", "-1,5", "0,0"})
  void aShortCountIsNoAnswer(int count, int length) {
    assertThat(Outcome.of(new Attempt.Returned(count, length)))
        .isEqualTo(Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT));
  }

  @ParameterizedTest
  @ValueSource(ints = {22, 1, 13, 28, 34, 61, 121, 30, 512, 4711})
  void anErrnoOfTheDriverIsARefusalWithItsNumber(int errno) {
    assertThat(written(errno, true))
        .isEqualTo(Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, errno));
  }

  @ParameterizedTest
  @ValueSource(ints = {19, 95, 524})
  void notSupportedIsUnsupportedWhileTheAttributeIsThere(int errno) {
    assertThat(written(errno, true))
        .isEqualTo(Outcome.of(Verdict.UNSUPPORTED, Reason.NOT_SUPPORTED, errno));
  }

  @ParameterizedTest
  @ValueSource(ints = {19, 2})
  void anAttributeThatIsGoneIsNoAnswer(int errno) {
    assertThat(written(errno, false))
        .isEqualTo(Outcome.of(Verdict.UNKNOWN, Reason.TARGET_GONE, errno));
    assertThat(Outcome.of(new Attempt.OpenFailed(errno, true)).reason())
        .isEqualTo(Reason.TARGET_GONE);
    assertThat(Outcome.of(new Attempt.Gone()))
        .isEqualTo(Outcome.of(Verdict.UNKNOWN, Reason.TARGET_GONE));
  }

  @Test
  void anEnoentOfADriverThatIsThereIsARefusal() {
    assertThat(written(Errno.ENOENT, true).verdict()).isEqualTo(Verdict.INCOMPATIBLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 16, 12, 5, 110, 4})
  void whatPassesIsNoAnswer(int errno) {
    assertThat(written(errno, true))
        .isEqualTo(Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, errno));
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 1, 30})
  void anAttributeThatCannotBeOpenedSaysThatTheDaemonIsSetUpWrongly(int errno) {
    assertThat(Outcome.of(new Attempt.OpenFailed(errno, true)))
        .isEqualTo(Outcome.of(Verdict.UNKNOWN, Reason.AGENT_MISCONFIGURED, errno));
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 22})
  void anAttributeWithoutWriteBitIsNotWritableWhateverOpenSays(int errno) {
    assertThat(Outcome.of(new Attempt.OpenFailed(errno, false)))
        .isEqualTo(Outcome.of(Verdict.UNSUPPORTED, Reason.NOT_WRITABLE));
  }

  @Test
  void noReturnIsUnresponsive() {
    assertThat(Outcome.of(new Attempt.NoReturn()))
        .isEqualTo(Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE));
  }

  private static Outcome written(int errno, boolean there) {
    return Outcome.of(new Attempt.WriteFailed(errno, there));
  }
}
