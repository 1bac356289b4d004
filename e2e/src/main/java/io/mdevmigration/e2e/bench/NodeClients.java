package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder.ExecutorSupplier;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.impl.KubernetesClientImpl;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import io.mdevmigration.e2e.trust.Deployment;
import io.mdevmigration.node.publish.Connection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A client for each node, with a token that is bound to a pod there. What thousands of clients in
 * one JVM would have too often is shared: the threads of the transport, its connections while they
 * are idle, the certificates, the parser. Each request carries the token of its own node, and each
 * watch is a connection of its own.
 */
final class NodeClients implements AutoCloseable {
  private static final String USER_AGENT = "mdev-node/bench";

  private final Deployment deployment;
  private final Config config;
  private final KubernetesClient transport;
  private final ExecutorService tasks = Executors.newCachedThreadPool();
  private final Map<String, KubernetesClient> clients = new ConcurrentHashMap<>();

  /** Without nodes yet. */
  NodeClients(Deployment deployment) {
    this.deployment = deployment;
    this.config = Connection.of(deployment.config("of no node", USER_AGENT));
    this.transport = Connection.open(config);
  }

  /** The client of a node. Makes its pod and token the first time. */
  KubernetesClient of(String node) {
    return clients.computeIfAbsent(node, this::make);
  }

  private KubernetesClient make(String node) {
    String token = deployment.daemonToken(node);
    HttpClient http =
        transport
            .getHttpClient()
            .newBuilder()
            .addOrReplaceInterceptor(TokenRefreshInterceptor.NAME, new Bearer(token))
            .build();
    return new KubernetesClientImpl(
        http,
        new ConfigBuilder(config).withOauthToken(token).build(),
        new Shared(tasks),
        transport.getKubernetesSerialization());
  }

  /** As whom a node's requests are made. */
  private record Bearer(String token) implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      builder.setHeader("Authorization", "Bearer " + token);
    }
  }

  private record Shared(Executor tasks) implements ExecutorSupplier {
    @Override
    public Executor get() {
      return tasks;
    }

    @Override
    public void onClose(Executor executor) {
      // all clients end together
    }
  }

  @Override
  public void close() {
    transport.close();
    tasks.shutdownNow();
  }
}
