package io.mdevmigration.e2e.demo;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.time.Duration;
import java.util.Map;

/** The real daemon over a simulated driver, three times in this JVM. */
final class SimulatedDemoNodes implements DemoNodes {
  private final Fleet fleet;

  private SimulatedDemoNodes(Fleet fleet) {
    this.fleet = fleet;
  }

  static SimulatedDemoNodes start(
      ControlPlane controlPlane, KubernetesClient client, Map<String, Integer> generations) {
    Fleet fleet =
        Fleet.of(
            client,
            controlPlane.config("mdev-node/demo"),
            DaemonOptions.DEFAULTS.withRescan(Duration.ofSeconds(2)));
    generations.forEach((name, n) -> fleet.add(name, SimulatedKernel.with(driver(n))));
    return new SimulatedDemoNodes(fleet);
  }

  @Override
  public void upgrade(String node, int generation) {
    fleet.node(node).kernel().reload(driver(generation));
  }

  private static SimulatedDriver driver(int generation) {
    return SimulatedDriver.named("sample")
        .version(generation + ".0")
        .parents(2)
        .type(
            TYPE,
            type ->
                type.version(DemoNodes.version(generation))
                    .accepts(DemoNodes.accepted(generation).toArray(String[]::new)));
  }

  @Override
  public void close() {
    fleet.close();
  }
}
