package io.mdevmigration.node.publish;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.crds.ClientSerialization;

/** How a daemon's client is connected with the API server. */
public final class Connection {
  private static final int CONNECT_MILLIS = 5_000;

  private Connection() {}

  /**
   * Takes over whom to ask and as whom. HTTP/1.1: a request that hangs, over a connection that the
   * other side no longer knows for example, takes its own connection with it and nobody else's.
   */
  public static Config of(Config base) {
    return new ConfigBuilder(base)
        .withHttp2Disable(true)
        .withConnectionTimeout(CONNECT_MILLIS)
        .build();
  }

  /** A client that is connected like this. */
  public static KubernetesClient open(Config base) {
    return new KubernetesClientBuilder()
        .withConfig(of(base))
        .withKubernetesSerialization(ClientSerialization.create())
        .build();
  }
}
