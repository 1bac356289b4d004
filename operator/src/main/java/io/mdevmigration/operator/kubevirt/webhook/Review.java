package io.mdevmigration.operator.kubevirt.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mdevmigration.operator.kubevirt.admission.Decision;
import io.mdevmigration.operator.kubevirt.admission.Migration;
import io.mdevmigration.operator.kubevirt.api.MigrationSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An AdmissionReview (admission.k8s.io/v1) of a migration.
 *
 * @param uid to repeat in the answer
 * @param migration what is to be created
 * @param isDryRun whether it is only tried
 * @param requester who creates it
 */
public record Review(String uid, Migration migration, boolean isDryRun, Requester requester) {
  private static final String API_VERSION = "admission.k8s.io/v1";
  private static final String KIND = "AdmissionReview";
  private static final String RESOURCE = "virtualmachineinstancemigrations";
  private static final String SELECTOR = "/spec/addedNodeSelector";
  private static final int FORBIDDEN = 403;
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** Who has sent a request to the API server. */
  public record Requester(
      String user, String uid, List<String> groups, Map<String, List<String>> extra) {
    public Requester {
      groups = List.copyOf(groups);
      extra = Map.copyOf(extra);
    }
  }

  /** What was sent is no review of a migration that is created. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message);
    }

    MalformedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Reads a review.
   *
   * @param body what the API server has sent
   * @throws MalformedException if it is something else
   */
  public static Review read(byte[] body) throws MalformedException {
    JsonNode review = parsed(body);
    JsonNode request = review.path("request");
    if (!API_VERSION.equals(review.path("apiVersion").asText())
        || !KIND.equals(review.path("kind").asText())
        || request.path("uid").asText().isEmpty()) {
      throw new MalformedException("this is no %s of %s".formatted(KIND, API_VERSION));
    }
    if (!RESOURCE.equals(request.path("resource").path("resource").asText())
        || !"CREATE".equals(request.path("operation").asText())
        || !request.path("object").path("spec").isObject()) {
      throw new MalformedException(
          "this webhook is for CREATE of %s alone: correct its rules".formatted(RESOURCE));
    }
    try {
      return new Review(
          request.path("uid").asText(),
          Migration.of(
              request.path("namespace").asText(),
              JSON.treeToValue(request.path("object").path("spec"), MigrationSpec.class)),
          request.path("dryRun").asBoolean(),
          requester(request.path("userInfo")));
    } catch (JsonProcessingException e) {
      throw new MalformedException("the migration's spec is not as KubeVirt has it", e);
    }
  }

  private static JsonNode parsed(byte[] body) throws MalformedException {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new MalformedException("this is no JSON", e);
    }
  }

  private static Requester requester(JsonNode info) {
    Map<String, List<String>> extra = new HashMap<>();
    info.path("extra").properties().forEach(e -> extra.put(e.getKey(), texts(e.getValue())));
    return new Requester(
        info.path("username").asText(),
        info.path("uid").asText(),
        texts(info.path("groups")),
        extra);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  /**
   * The answer to send.
   *
   * @param decision what becomes of the migration
   * @param named whether the requester may see names of nodes
   */
  public byte[] answer(Decision decision, boolean named) {
    ObjectNode response = JsonNodeFactory.instance.objectNode().put("uid", uid);
    if (decision instanceof Decision.Refuse refuse) {
      response.put("allowed", false);
      response
          .putObject("status")
          .put("status", "Failure")
          .put("code", FORBIDDEN)
          .put("reason", "Forbidden")
          .put("message", "mdev-migration: " + (named ? refuse.named() : refuse.message()));
    } else {
      response.put("allowed", true);
      patch(decision)
          .ifPresent(
              patch ->
                  response
                      .put("patchType", "JSONPatch")
                      .put(
                          "patch",
                          Base64.getEncoder()
                              .encodeToString(patch.toString().getBytes(StandardCharsets.UTF_8))));
    }
    if (!decision.warnings().isEmpty()) {
      ArrayNode warnings = response.putArray("warnings");
      decision.warnings().forEach(warning -> warnings.add("mdev-migration: " + warning));
    }
    ObjectNode review =
        JsonNodeFactory.instance.objectNode().put("apiVersion", API_VERSION).put("kind", KIND);
    review.set("response", response);
    return review.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The labels that are added, one by one where there is a selector already. */
  private Optional<ArrayNode> patch(Decision decision) {
    if (!(decision instanceof Decision.Steer steer) || steer.added().isEmpty()) {
      return Optional.empty();
    }
    ArrayNode patch = JsonNodeFactory.instance.arrayNode();
    Map<String, String> added = new TreeMap<>(steer.added());
    if (migration.selector().isEmpty()) {
      ObjectNode selector =
          patch.addObject().put("op", "add").put("path", SELECTOR).putObject("value");
      added.forEach(selector::put);
    } else {
      added.forEach(
          (key, value) ->
              patch
                  .addObject()
                  .put("op", "add")
                  .put("path", SELECTOR + "/" + key.replace("~", "~0").replace("/", "~1"))
                  .put("value", value));
    }
    return Optional.of(patch);
  }
}
