package io.mdevmigration.operator.node;

import static io.mdevmigration.operator.fleet.Reports.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.operator.fleet.Reports;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.watch.ApiConnection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An API server that has every object and fails every patch in passing. */
class NodeWriterTest {
  private final List<String> patches = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private KubernetesClient client;
  private NodeWriter writer;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean patch = exchange.getRequestMethod().equals("PATCH");
          byte[] body =
              """
              {"apiVersion":"v1","kind":"Node","metadata":{"name":"a"}}"""
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          if (patch) {
            patches.add(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(503, -1);
          } else {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    client =
        ApiConnection.open(
            new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .build());
    writer = new NodeWriter(client);
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void aLabelPatchThatFailsIsNotSentAgainBehindTheDecidersBack() {
    assertThatThrownBy(() -> writer.patchLabels(node("a"), Map.of("key", LabelRow.ACCEPTED)))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(patches).containsExactly("/api/v1/nodes/a");
  }

  @Test
  void aPatchOfChecksThatFailsIsNotSentAgainEither() {
    assertThatThrownBy(() -> writer.patchChecks(Reports.of("a").report(), List.of()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(patches).containsExactly("/apis/mdevmigration.io/v1alpha1/mdevnodestates/a");
  }
}
