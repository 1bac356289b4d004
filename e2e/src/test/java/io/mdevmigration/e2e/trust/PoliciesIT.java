package io.mdevmigration.e2e.trust;

import static io.mdevmigration.e2e.trust.Paths.COMPATIBILITIES;
import static io.mdevmigration.e2e.trust.Paths.MUTATING;
import static io.mdevmigration.e2e.trust.Paths.NODES;
import static io.mdevmigration.e2e.trust.Paths.STATES;
import static io.mdevmigration.e2e.trust.Request.granted;
import static io.mdevmigration.e2e.trust.Verb.DELETE;
import static io.mdevmigration.e2e.trust.Verb.GET;
import static io.mdevmigration.e2e.trust.Verb.MERGE;
import static io.mdevmigration.e2e.trust.Verb.POST;
import static io.mdevmigration.e2e.trust.Who.ADMIN;
import static io.mdevmigration.e2e.trust.Who.AUTHOR;
import static io.mdevmigration.e2e.trust.Who.DAEMON;
import static io.mdevmigration.e2e.trust.Who.LITERAL_AUTHOR;
import static io.mdevmigration.e2e.trust.Who.NEW_DAEMON;
import static io.mdevmigration.e2e.trust.Who.OPERATOR;
import static io.mdevmigration.e2e.trust.Who.VIEWER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.TestCluster;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may do what under the shipped roles and policies, with tokens that are really bound to a pod
 * on a node. Each line of the tables is one request.
 */
class PoliciesIT {
  private static final ObjectMapper JSON_MAPPER = new ObjectMapper();
  private static final String NODE_NAME = "authentication.kubernetes.io/node-name";
  private static final String LABEL = "accepts.mdevmigration.io/sample-A.0123456789abcdef0123";
  private static final String STATUS = "{'status':{'observedTime':'2026-11-25T0%d:00:00Z'}}";

  private static final Map<Who, Map<String, List<String>>> HEADERS = new EnumMap<>(Who.class);
  private static ControlPlane controlPlane;
  private static KubernetesClient admin;
  private static Caller caller;

  @BeforeAll
  static void deploy() throws Exception {
    controlPlane = TestCluster.get();
    admin = controlPlane.client("policies-test");
    caller = new Caller(controlPlane);
    Deployment deployment = Deployment.apply(controlPlane, admin);
    for (String node : List.of("trust-a", "trust-b", "trust-new", "trust-gone")) {
      admin
          .resource(
              new NodeBuilder()
                  .withNewMetadata()
                  .withName(node)
                  .addToLabels("pool", "one")
                  .addToLabels("accepts.mdevmigration.io/kept", "by-hand")
                  .addToAnnotations("kept", "yes")
                  .endMetadata()
                  .build())
          .create();
    }
    identities(deployment);
    asAdmin(POST, STATES, RefusedToDaemons.state("trust-a"));
    asAdmin(POST, STATES, RefusedToDaemons.state("trust-b"));
    asAdmin(POST, COMPATIBILITIES, compatibility("trust-literal", "{'version':'v1'}"));
    asAdmin(POST, COMPATIBILITIES, compatibility("trust-from-node", "{'node':{'name':'trust-a'}}"));
    // The first to ask for a resource may be told to come back; kubectl does.
    controlPlane.kubectl("get", "nodeevacuations").orThrow();
    controlPlane.kubectlWithInput(WEBHOOKS, "apply", "-f", "-").orThrow();
    awaitPolicies();
  }

  private static final String WEBHOOKS =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: {name: mdev-migration}
      webhooks:
      - name: migrations.mdevmigration.io
        clientConfig: {service: {namespace: mdev-migration, name: mdev-operator}}
        rules:
        - apiGroups: [kubevirt.io]
          apiVersions: ["*"]
          operations: [CREATE]
          resources: [virtualmachineinstancemigrations]
        sideEffects: None
        admissionReviewVersions: [v1]
        failurePolicy: Ignore
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: {name: trust-other}
      webhooks: []
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingWebhookConfiguration
      metadata: {name: trust-other}
      webhooks: []
      """;

  private static void identities(Deployment deployment) throws Exception {
    SignedToken signer = new SignedToken(controlPlane.directory().resolve("service-account.key"));
    String daemon = deployment.daemonToken("trust-a");
    bearer(DAEMON, daemon);
    bearer(NEW_DAEMON, deployment.daemonToken("trust-new"));
    bearer(OPERATOR, deployment.operatorToken("trust-b"));
    bearer(
        Who.UNBOUND_DAEMON,
        deployment.token(
            Deployment.NODE_DAEMON, new TokenRequestBuilder().withNewSpec().endSpec().build()));
    bearer(
        Who.DAEMON_FOR_OTHERS,
        deployment.token(
            Deployment.NODE_DAEMON,
            new TokenRequestBuilder().withNewSpec().withAudiences("vault").endSpec().build()));
    Pod gone = deployment.pod(Deployment.NODE_DAEMON, "mdev-node-trust-gone", "trust-gone");
    bearer(Who.DAEMON_OF_DELETED_POD, deployment.token(Deployment.NODE_DAEMON, gone));
    admin.resource(gone).withGracePeriod(0).delete();
    bearer(Who.EXPIRED_DAEMON, signer.changed(daemon, valid(Instant.now().minusSeconds(86_400))));
    bearer(
        Who.FORGING_DAEMON,
        SignedToken.forged(
            daemon,
            claims -> ((ObjectNode) claims.at("/kubernetes.io/node")).put("name", "trust-b")));
    person(VIEWER, "mdev-migration-viewer");
    person(AUTHOR, "mdev-migration-author");
    person(LITERAL_AUTHOR, "mdev-migration-author", "mdev-migration-literal-versions");
    person(Who.EDITOR, "edit");
    person(Who.NAMESPACES_ADMIN, "admin");
    String token = "Bearer " + controlPlane.config("policies-test").getOauthToken();
    HEADERS.put(ADMIN, Map.of("Authorization", List.of(token)));
    HEADERS.put(
        Who.ALMIGHTY_DAEMON,
        Map.of(
            "Authorization",
            List.of(token),
            "Impersonate-User",
            List.of("system:serviceaccount:mdev-migration:mdev-node"),
            "Impersonate-Group",
            List.of("system:masters"),
            "Impersonate-Extra-" + NODE_NAME.replace("/", "%2F"),
            List.of("trust-a")));
    HEADERS.put(
        Who.ALMIGHTY_OPERATOR,
        Map.of(
            "Authorization",
            List.of(token),
            "Impersonate-User",
            List.of("system:serviceaccount:mdev-migration:mdev-operator"),
            "Impersonate-Group",
            List.of("system:masters")));
  }

  /** Valid for an hour from a moment on. */
  private static Consumer<ObjectNode> valid(Instant from) {
    return claims ->
        claims
            .put("iat", from.getEpochSecond())
            .put("nbf", from.getEpochSecond())
            .put("exp", from.plus(Duration.ofHours(1)).getEpochSecond());
  }

  private static void bearer(Who who, String token) {
    HEADERS.put(who, Map.of("Authorization", List.of("Bearer " + token)));
  }

  /** A ServiceAccount that plays a person. */
  private static void person(Who who, String... clusterRoles) {
    String name = "trust-" + who.name().toLowerCase(Locale.ROOT).replace('_', '-');
    controlPlane.kubectl("create", "serviceaccount", name, "-n", "default").orThrow();
    for (String role : clusterRoles) {
      controlPlane
          .kubectl(
              "create",
              "clusterrolebinding",
              name + "-" + role,
              "--clusterrole=" + role,
              "--serviceaccount=default:" + name)
          .orThrow();
    }
    bearer(
        who,
        controlPlane.kubectl("create", "token", name, "-n", "default").orThrow().stdout().strip());
  }

  /** One request for each policy, all dry runs. */
  private static void awaitPolicies() {
    Stream.of(
            Request.forbidden(
                DAEMON, POST, STATES, RefusedToDaemons.state("trust-x"), "another node"),
            Request.forbidden(
                OPERATOR,
                MERGE,
                NODES + "/trust-a",
                "{'spec':{'unschedulable':true}}",
                "of a Node"),
            Request.forbidden(
                OPERATOR, MERGE, STATES + "/trust-a", "{'metadata':{'labels':{'a':'b'}}}", "none"),
            Request.forbidden(
                OPERATOR,
                MERGE,
                MUTATING + "/mdev-migration",
                "{'metadata':{'labels':{'a':'b'}}}",
                "of its webhook"),
            Request.forbidden(
                AUTHOR,
                POST,
                COMPATIBILITIES,
                compatibility("trust-x", "{'version':'v1'}"),
                "literal versions"))
        .forEach(
            request ->
                await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                        () ->
                            assertThat(send(request, request.path() + "?dryRun=All").body())
                                .contains(request.reason())));
  }

  @AfterAll
  static void clear() {
    admin.close();
    for (String path :
        List.of(
            NODES + "/trust-a",
            NODES + "/trust-b",
            NODES + "/trust-new",
            NODES + "/trust-gone",
            STATES + "/trust-a",
            STATES + "/trust-b",
            COMPATIBILITIES + "/trust-literal",
            COMPATIBILITIES + "/trust-from-node")) {
      asAdmin(DELETE, path, "");
    }
  }

  @ParameterizedTest
  @MethodSource
  void whatIsNotAllowedIsRefusedWithTheReason(Request request) {
    Caller.Response response = send(request, request.path());
    assertThat(response.code()).as(response.body()).isEqualTo(request.code());
    assertThat(message(response)).contains(request.reason());
  }

  static Stream<Request> whatIsNotAllowedIsRefusedWithTheReason() {
    return Stream.of(RefusedToDaemons.all(), RefusedToOperator.all(), RefusedToPeople.all())
        .flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("io.mdevmigration.e2e.trust.Allowed#all")
  void whatTheWorkNeedsIsAllowed(Request request) {
    Caller.Response response = send(request, request.path());
    assertThat(response.code()).as(response.body()).isEqualTo(request.code());
  }

  @Test
  void aStatusWriteOfADaemonChangesNeitherSpecNorMetadata() throws Exception {
    ObjectNode before = asAdmin(GET, STATES + "/trust-a", "");
    patch(
        STATES + "/trust-a/status",
        DAEMON,
        "{'metadata':{'labels':{'a':'b'},'annotations':{'a':'b'},'finalizers':['a.b/c'],"
            + "'ownerReferences':null},'spec':{'askAgain':'x'},"
            + STATUS.formatted(4).substring(1));
    ObjectNode after = asAdmin(GET, STATES + "/trust-a", "");
    assertThat(after.at("/status/observedTime").asText()).isEqualTo("2026-11-25T04:00:00Z");
    assertThat(after.path("spec")).isEqualTo(before.path("spec"));
    assertThat(lasting(after)).isEqualTo(lasting(before));
  }

  @Test
  void aWriteOfTheWholeObjectByTheOperatorLeavesTheStatusAsItWas() throws Exception {
    patch(STATES + "/trust-b/status", ADMIN, STATUS.formatted(5));
    patch(
        STATES + "/trust-b",
        OPERATOR,
        "{'spec':{'askAgain':'now'}," + STATUS.formatted(6).substring(1));
    ObjectNode state = asAdmin(GET, STATES + "/trust-b", "");
    assertThat(state.at("/spec/askAgain").asText()).isEqualTo("now");
    assertThat(state.at("/status/observedTime").asText()).isEqualTo("2026-11-25T05:00:00Z");
    patch(
        NODES + "/trust-b",
        OPERATOR,
        "{'metadata':{'labels':{'%s':'true'}},'status':{'capacity':{'cpu':'9'}}}".formatted(LABEL));
    ObjectNode node = asAdmin(GET, NODES + "/trust-b", "");
    assertThat(node.at("/metadata/labels").path(LABEL).asText()).isEqualTo("true");
    assertThat(node.at("/status/capacity").isMissingNode()).isTrue();
  }

  @Test
  void theKeyThatSignsTheExpiredTokenSignsOnesThatAreBelieved() throws Exception {
    SignedToken signer = new SignedToken(controlPlane.directory().resolve("service-account.key"));
    String daemon = HEADERS.get(DAEMON).get("Authorization").get(0).substring("Bearer ".length());
    String signed = signer.changed(daemon, valid(Instant.now().minusSeconds(5)));
    Caller.Response response =
        caller.send(
            Map.of("Authorization", List.of("Bearer " + signed)), GET, STATES + "/trust-a", "");
    assertThat(response.code()).as(response.body()).isEqualTo(200);
  }

  /** The metadata that no write of its own accord changes. */
  private static ObjectNode lasting(ObjectNode object) {
    ObjectNode metadata = object.path("metadata").deepCopy();
    metadata.remove(List.of("managedFields", "resourceVersion", "generation"));
    return metadata;
  }

  private static String compatibility(String name, String source) {
    return RefusedToPeople.compatibility(name, source);
  }

  private static void patch(String path, Who who, String body) {
    Caller.Response response = send(granted(who, MERGE, path, body, 200), path);
    assertThat(response.code()).as(response.body()).isEqualTo(200);
  }

  private static Caller.Response send(Request request, String path) {
    return caller.send(HEADERS.get(request.who()), request.verb(), path, request.body());
  }

  private static ObjectNode asAdmin(Verb verb, String path, String body) {
    Request request = granted(ADMIN, verb, path, body, 200);
    Caller.Response response = send(request, path);
    assertThat(response.code()).as(response.body()).isLessThan(300);
    try {
      return (ObjectNode) JSON_MAPPER.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String message(Caller.Response response) {
    try {
      JsonNode status = JSON_MAPPER.readTree(response.body());
      return status.path("message").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
