package io.mdevmigration.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.operator.watch.ApiWrites.Outcome;
import io.mdevmigration.operator.watch.ApiWrites.Resource;
import io.mdevmigration.telemetry.Meters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiWritesTest {
  @ParameterizedTest
  @CsvSource({
    "/api/v1/nodes/gpu-a, NODES",
    "/api/v1/namespaces/default/events, EVENTS",
    "/api/v1/namespaces/mdev-migration/secrets/webhook, SECRETS",
    "/api/v1/namespaces/default, OTHER",
    "/apis/mdevmigration.io/v1alpha1/mdevnodestates/gpu-a, MDEV_NODE_STATES",
    "/apis/mdevmigration.io/v1alpha1/migrationcompatibilities/fleet/status,"
        + " MIGRATION_COMPATIBILITIES",
    "/apis/coordination.k8s.io/v1/namespaces/default/leases/mdev-operator, LEASES",
    "/k8s/clusters/c1/api/v1/nodes/gpu-a, NODES",
    "/k8s/clusters/c1/apis/mdevmigration.io/v1alpha1/mdevnodestates/gpu-a, MDEV_NODE_STATES",
    "/api/v1, OTHER",
    "/, OTHER"
  })
  void aResourceIsToldByThePath(String path, Resource resource) {
    assertThat(Resource.of(path)).isEqualTo(resource);
  }

  @ParameterizedTest
  @CsvSource({
    "200, DONE",
    "201, DONE",
    "401, FORBIDDEN",
    "403, FORBIDDEN",
    "404, FAILED",
    "409, CONFLICT",
    "422, CONFLICT",
    "429, THROTTLED",
    "500, FAILED",
    "503, FAILED"
  })
  void anOutcomeIsToldByTheStatus(int status, Outcome outcome) {
    assertThat(Outcome.of(status)).isEqualTo(outcome);
  }

  @Test
  void readsDryRunsAndReviewsOfAccessChangeNothing() {
    assertThat(ApiWrites.changes("PATCH", URI.create("https://h/api/v1/nodes/a"))).isTrue();
    assertThat(ApiWrites.changes("GET", URI.create("https://h/api/v1/nodes/a"))).isFalse();
    assertThat(ApiWrites.changes("POST", URI.create("https://h/api/v1/nodes?dryRun=All")))
        .isFalse();
    assertThat(
            ApiWrites.changes(
                "POST", URI.create("https://h/apis/authorization.k8s.io/v1/subjectaccessreviews")))
        .isFalse();
  }

  @Test
  void whatAClientSendsIsCountedWithItsOutcome() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "{\"kind\":\"Status\",\"code\":403}".getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(403, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    Meters meters = Meters.of("mdev.operator");
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
            .build();
    try (KubernetesClient client = ApiConnection.open(config, () -> true, new ApiWrites(meters))) {
      attempt(client);
      assertShown(
          meters, "mdev_operator_api_writes_total{outcome=\"Forbidden\",resource=\"other\"} 1.0");
      server.stop(0);
      attempt(client);
      // Tried twice; the client tells of it once it gives up.
      assertShown(
          meters, "mdev_operator_api_writes_total{outcome=\"Unanswered\",resource=\"other\"} 1.0");
    } finally {
      server.stop(0);
    }
  }

  private static void attempt(KubernetesClient client) {
    try {
      client
          .resource(
              new ConfigMapBuilder()
                  .withNewMetadata()
                  .withName("c")
                  .withNamespace("default")
                  .endMetadata()
                  .build())
          .create();
    } catch (KubernetesClientException e) {
      assertThat(e).isNotNull();
    }
  }

  private static void assertShown(Meters meters, String series) {
    assertThat(meters.text().lines()).contains(series);
  }
}
