package io.mdevmigration.e2e.metrics;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.e2e.trust.Deployment;
import io.mdevmigration.http.HttpPort;
import io.mdevmigration.http.Limits;
import io.mdevmigration.node.publish.DaemonMetrics;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.NodeDaemon;
import io.mdevmigration.telemetry.Meters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Map;

/** A node whose daemon's metrics are shown on a port, as those of a process are. */
public record MeasuredNode(
    SimulatedKernel kernel, KubernetesClient client, NodeDaemon daemon, HttpPort port)
    implements AutoCloseable {
  /**
   * Starts the daemon of a Node that is there, under the shipped policies.
   *
   * @param name of the Node
   */
  public static MeasuredNode start(
      Deployment deployment, String name, SimulatedKernel kernel, DaemonOptions options)
      throws IOException {
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(deployment.config(deployment.daemonToken(name), "mdev-node/test"))
            .build();
    Meters meters = Meters.of("mdev.node");
    meters.program("test");
    NodeDaemon daemon =
        new NodeDaemon(kernel, client, name, options, Clock.systemUTC(), new DaemonMetrics(meters));
    HttpPort port =
        HttpPort.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Map.of("/metrics", meters.page()),
            Limits.DEFAULT);
    daemon.start();
    return new MeasuredNode(kernel, client, daemon, port);
  }

  Exposition metrics() throws IOException, InterruptedException {
    return Exposition.scrape(number());
  }

  /** The port's number. */
  public int number() {
    return port.address().getPort();
  }

  @Override
  public void close() {
    port.close();
    daemon.close();
    client.close();
  }
}
