package io.mdevmigration.operator.kubevirt.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mdevmigration.operator.kubevirt.admission.Cause;
import io.mdevmigration.operator.kubevirt.admission.Decision;
import io.mdevmigration.operator.kubevirt.admission.Migration;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ReviewTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static byte[] body(String spec) {
    return """
    {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{
     "uid":"u-1","operation":"CREATE","namespace":"shop","dryRun":true,
     "resource":{"group":"kubevirt.io","version":"v1alpha3",
                 "resource":"virtualmachineinstancemigrations"},
     "userInfo":{"username":"eve","uid":"7","groups":["a","b"],"extra":{"k":["v"]}},
     "object":{"metadata":{"generateName":"kubevirt-evacuation-"},"spec":%s}}}
    """
        .formatted(spec)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Review read(String spec) throws Review.MalformedException {
    return Review.read(body(spec));
  }

  private static JsonNode response(Review review, Decision decision, boolean named)
      throws Exception {
    JsonNode answer = JSON.readTree(review.answer(decision, named));
    assertThat(answer.path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1");
    assertThat(answer.path("kind").asText()).isEqualTo("AdmissionReview");
    assertThat(answer.path("response").path("uid").asText()).isEqualTo("u-1");
    return answer.path("response");
  }

  private static String patch(JsonNode response) {
    return new String(
        Base64.getDecoder().decode(response.path("patch").asText()), StandardCharsets.UTF_8);
  }

  @Test
  void aMigrationWithoutANameIsRead() throws Exception {
    Review review = read("{\"vmiName\":\"till\",\"unknown\":1}");
    assertThat(review.migration())
        .isEqualTo(new Migration(new ObjectName("shop", "till"), Map.of(), false));
    assertThat(review.isDryRun()).isTrue();
    assertThat(review.requester())
        .isEqualTo(new Review.Requester("eve", "7", List.of("a", "b"), Map.of("k", List.of("v"))));
  }

  @Test
  void aMigrationToAnotherClusterIsKnownAsSuch() throws Exception {
    assertThat(read("{\"vmiName\":\"till\",\"sendTo\":{}}").migration().crossesClusters()).isTrue();
  }

  @Test
  void theSelectorIsAddedWhereThereIsNone() throws Exception {
    JsonNode response =
        response(
            read("{\"vmiName\":\"till\"}"),
            new Decision.Steer(Map.of("x/b", "true", "x/a", "true"), 3, List.of("w")),
            false);
    assertThat(response.path("allowed").asBoolean()).isTrue();
    assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
    assertThat(patch(response))
        .isEqualTo(
            "[{\"op\":\"add\",\"path\":\"/spec/addedNodeSelector\","
                + "\"value\":{\"x/a\":\"true\",\"x/b\":\"true\"}}]");
    assertThat(response.path("warnings").get(0).asText()).isEqualTo("mdev-migration: w");
  }

  @Test
  void aSelectorThatIsThereIsAddedTo() throws Exception {
    JsonNode response =
        response(
            read("{\"vmiName\":\"till\",\"addedNodeSelector\":{\"disk\":\"fast\"}}"),
            new Decision.Steer(Map.of("x/a~b", "true"), 3, List.of()),
            false);
    assertThat(patch(response))
        .isEqualTo(
            "[{\"op\":\"add\",\"path\":\"/spec/addedNodeSelector/x~1a~0b\",\"value\":\"true\"}]");
    assertThat(response.has("warnings")).isFalse();
  }

  @Test
  void whatIsNotChangedHasNoPatch() throws Exception {
    Review review = read("{\"vmiName\":\"till\"}");
    for (Decision decision :
        List.of(
            new Decision.Pass(),
            new Decision.Allow(Cause.NOT_EVALUATED, List.of("w")),
            new Decision.Steer(Map.of(), 1, List.of()))) {
      JsonNode response = response(review, decision, false);
      assertThat(response.path("allowed").asBoolean()).isTrue();
      assertThat(response.has("patch")).isFalse();
      assertThat(response.has("patchType")).isFalse();
    }
  }

  @Test
  void aRefusalNamesNodesOnlyToThoseWhoMaySeeThem() throws Exception {
    Review review = read("{\"vmiName\":\"till\"}");
    Decision refuse = new Decision.Refuse(Cause.NOBODY_ACCEPTS, "2 say no", "2 say no: a, b");
    JsonNode everybody = response(review, refuse, false);
    assertThat(everybody.path("allowed").asBoolean(true)).isFalse();
    assertThat(everybody.path("status").path("code").asInt()).isEqualTo(403);
    assertThat(everybody.path("status").path("message").asText())
        .isEqualTo("mdev-migration: 2 say no");
    assertThat(response(review, refuse, true).path("status").path("message").asText())
        .isEqualTo("mdev-migration: 2 say no: a, b");
  }

  @Test
  void whatIsNoReviewOfANewMigrationIsMalformed() {
    String good = new String(body("{}"), StandardCharsets.UTF_8);
    for (String bad :
        List.of(
            "",
            "null",
            "[]",
            "{",
            good.replace("admission.k8s.io/v1\"", "admission.k8s.io/v1beta1\""),
            good.replace("AdmissionReview", "Other"),
            good.replace("u-1", ""),
            good.replace("CREATE", "UPDATE"),
            good.replace("virtualmachineinstancemigrations", "pods"),
            good.replace("\"spec\":{}", "\"spec\":[]"),
            good.replace("\"spec\":{}", "\"spec\":{\"addedNodeSelector\":7}"),
            "[".repeat(100_000))) {
      assertThatThrownBy(() -> Review.read(bad.getBytes(StandardCharsets.UTF_8)))
          .as(bad.substring(0, Math.min(80, bad.length())))
          .isInstanceOf(Review.MalformedException.class);
    }
  }

  @Property
  void anyBytesAreAReviewOrMalformed(@ForAll byte[] body) {
    try {
      assertThat(Review.read(body)).isNotNull();
    } catch (Review.MalformedException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }
}
