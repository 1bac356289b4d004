package io.mdevmigration.crds;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ApiFailureTest {
  private static final String CLIENT = "Failure executing: PATCH at: https://10.0.0.1/…";

  private static KubernetesClientException refused(int code, Status status) {
    return new KubernetesClientException(CLIENT, code, status);
  }

  private static Status forbidden() {
    return new StatusBuilder().withMessage("nodes \"a\" is forbidden").build();
  }

  @Test
  void whatTheApiServerSaysIsEnough() {
    assertThat(ApiFailure.reason(refused(403, forbidden())))
        .isEqualTo("nodes \"a\" is forbidden (HTTP 403)");
  }

  @Test
  void itIsFoundBehindOtherFailures() {
    assertThat(ApiFailure.reason(new CompletionException(refused(403, forbidden()))))
        .isEqualTo("nodes \"a\" is forbidden (HTTP 403)");
  }

  private static Status ofPatch() {
    return new StatusBuilder()
        .withMessage("the server rejected our request due to an error in our request")
        .withNewDetails()
        .endDetails()
        .build();
  }

  private static Status invalid() {
    return new StatusBuilder()
        .withMessage("MdevNodeState \"a\" is invalid: status.answers: Too many")
        .withNewDetails()
        .addNewCause("status.answers", "Too many", "FieldValueTooMany")
        .endDetails()
        .build();
  }

  @Test
  void aPatchThatDoesNotFitSaysSo() {
    assertThat(ApiFailure.reason(refused(422, ofPatch())))
        .isEqualTo("the object is not what it was when it was last read (HTTP 422)");
  }

  @Test
  void anObjectThatIsInvalidSaysWhy() {
    assertThat(ApiFailure.reason(refused(422, invalid())))
        .isEqualTo("MdevNodeState \"a\" is invalid: status.answers: Too many (HTTP 422)");
  }

  @Test
  void aReasonThatSomebodyElseGivesIsQuoted() {
    Status denied = new StatusBuilder().withMessage("the webhook x denied it").build();
    assertThat(ApiFailure.reason(refused(422, denied)))
        .isEqualTo("the webhook x denied it (HTTP 422)");
  }

  @Test
  void aPatchIsUnfitWhereNoCauseIsNamed() {
    Status withoutCauses = ofPatch();
    withoutCauses.getDetails().setCauses(null);
    assertThat(Stream.of(ofPatch(), withoutCauses, new Status(), null))
        .allMatch(status -> ApiFailure.isUnfitPatch(refused(422, status)));
    assertThat(ApiFailure.isUnfitPatch(refused(422, invalid()))).isFalse();
    assertThat(ApiFailure.isUnfitPatch(refused(409, ofPatch()))).isFalse();
  }

  @Test
  void withoutAnAnswerItSaysWhatHappened() {
    var failure =
        new KubernetesClientException(
            "An error has occurred.",
            new IOException("Connection refused", new ConnectException("Connection refused")));
    assertThat(ApiFailure.reason(failure))
        .isEqualTo("An error has occurred. (java.net.ConnectException: Connection refused)");
    assertThat(ApiFailure.reason(new KubernetesClientException(null, new ConnectException("no"))))
        .contains("KubernetesClientException", "java.net.ConnectException: no");
    assertThat(ApiFailure.reason(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
  }

  @Test
  void aStatusThatSaysNothingIsPassedOver() {
    assertThat(ApiFailure.reason(refused(500, new Status()))).isEqualTo(CLIENT);
    assertThat(ApiFailure.reason(refused(0, null))).isEqualTo(CLIENT);
    assertThat(ApiFailure.reason(new CompletionException(refused(0, null)))).contains(CLIENT);
    Status blank = new StatusBuilder().withMessage("").build();
    assertThat(ApiFailure.reason(refused(403, blank))).isEqualTo(CLIENT);
  }
}
