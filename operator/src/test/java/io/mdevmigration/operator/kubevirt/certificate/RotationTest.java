package io.mdevmigration.operator.kubevirt.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RotationTest {
  private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
  private static final Duration LIFE = Duration.ofDays(90);
  private static final Rotation.Times TIMES =
      new Rotation.Times(Duration.ofDays(30), Duration.ofHours(1));
  private static final Issuer ISSUER =
      new Issuer(List.of("mdev-operator.mdev-migration.svc", "mdev-operator"), LIFE);

  private final Rotation first = Rotation.first(ISSUER.issue(START));

  private static Rotation at(Rotation rotation, Duration after) {
    return rotation.at(START.plus(after), TIMES, ISSUER::issue);
  }

  @Test
  void aCertificateIsForTheNamesTheServerIsCalledByAndSignedByItsAuthorityAlone() throws Exception {
    X509Certificate authority = Serving.first(first.current().authority());
    X509Certificate serving = Serving.first(first.current().serving().certificate());
    serving.verify(authority.getPublicKey());
    assertThat(serving.getSubjectAlternativeNames())
        .extracting(name -> name.get(1))
        .isEqualTo(List.of("mdev-operator.mdev-migration.svc", "mdev-operator"));
    assertThat(serving.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(serving.getBasicConstraints()).isEqualTo(-1);
    assertThat(authority.getBasicConstraints()).isZero();
    assertThat(first.current().serving().notAfter()).isEqualTo(START.plus(LIFE));
    assertThat(serving.getNotBefore().toInstant()).isBefore(START);
    Issued other = ISSUER.issue(START);
    assertThatThrownBy(() -> serving.verify(Serving.first(other.authority()).getPublicKey()))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void nothingHappensUntilThirtyDaysBeforeTheEnd() {
    assertThat(at(first, Duration.ZERO)).isSameAs(first);
    assertThat(at(first, Duration.ofDays(60).minusSeconds(1))).isSameAs(first);
  }

  @Test
  void theNextIsTrustedForAnHourBeforeItIsShownAndTheFormerStaysTrusted() {
    Rotation second = at(first, Duration.ofDays(60));
    assertThat(second.current()).isEqualTo(first.current());
    assertThat(second.bundle())
        .isEqualTo(first.current().authority() + second.next().orElseThrow().authority());
    assertThat(at(second, Duration.ofDays(60).plusMinutes(59))).isSameAs(second);
    Rotation third = at(second, Duration.ofDays(60).plusMinutes(60));
    assertThat(third.current()).isEqualTo(second.next().orElseThrow());
    assertThat(third.bundle()).isEqualTo(third.current().authority() + first.current().authority());
    assertThat(at(third, Duration.ofDays(100))).isSameAs(third);
  }

  @Test
  void whateverIsShownAtAnyTimeWasTrustedByTheStepBeforeAndIsByTheStepAfter() {
    Rotation before = first;
    for (Duration after = Duration.ZERO; after.toDays() < 400; after = after.plusMinutes(37)) {
      Rotation now = at(before, after);
      assertThat(before.bundle()).contains(now.current().authority());
      assertThat(now.bundle()).contains(before.current().authority());
      before = now;
    }
    assertThat(before.current()).isNotEqualTo(first.current());
    assertThatCode(before.current().serving()::privateKey).doesNotThrowAnyException();
  }

  @Test
  void whatHasEndedIsReplacedAtOnce() {
    Rotation late = at(first, LIFE);
    assertThat(late.current()).isNotEqualTo(first.current());
    assertThat(late.bundle()).isEqualTo(late.current().authority());
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Rotation second = at(first, Duration.ofDays(60));
    Rotation third = at(second, Duration.ofDays(61));
    for (Rotation rotation : List.of(first, second, third)) {
      assertThat(Rotation.read(rotation.write())).contains(rotation);
    }
  }

  @Test
  void whatIsNoCertificateIsAsIfThereWereNone() {
    assertThat(Rotation.read(Map.of())).isEmpty();
    for (String key : first.write().keySet()) {
      Map<String, String> data = new HashMap<>(first.write());
      data.put(key, "nonsense");
      assertThat(Rotation.read(data)).as(key).isEmpty();
    }
    Map<String, String> mixed = new HashMap<>(at(first, Duration.ofDays(60)).write());
    mixed.put("next-tls.key", "nonsense");
    assertThat(Rotation.read(mixed)).contains(first);
    Map<String, String> exchanged = new HashMap<>(first.write());
    exchanged.put("tls.key", ISSUER.issue(START).serving().key());
    assertThat(Rotation.read(exchanged)).as("the key of another certificate").isEmpty();
  }

  @Test
  void theKeyStaysOutOfWhatIsPrinted() {
    assertThat(first.toString() + Optional.of(first.current()))
        .doesNotContain("PRIVATE KEY")
        .doesNotContain(first.current().serving().key());
  }
}
