package io.mdevmigration.e2e.demo;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.realkernel.RealKernelNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** QEMU guests with a real kernel and the sample driver, and the shipped daemon in each. */
final class RealKernelDemoNodes implements DemoNodes {
  private final Map<String, RealKernelNode> nodes;

  private RealKernelDemoNodes(Map<String, RealKernelNode> nodes) {
    this.nodes = nodes;
  }

  static RealKernelDemoNodes start(
      ControlPlane controlPlane, KubernetesClient client, Map<String, Integer> generations) {
    Map<String, List<String>> drivers = new TreeMap<>();
    generations.forEach((name, generation) -> drivers.put(name, driver(generation)));
    Map<String, RealKernelNode> nodes =
        RealKernelNode.boot(drivers, controlPlane.directory().resolve("guests"));
    nodes.values().forEach(node -> node.join(controlPlane, client, "--rescan", "2s"));
    return new RealKernelDemoNodes(nodes);
  }

  @Override
  public void upgrade(String node, int generation) {
    nodes.get(node).loadNextDriver(driver(generation));
  }

  private static List<String> driver(int generation) {
    String accepted =
        DemoNodes.accepted(generation).stream()
            .map(version -> "write:*/A/" + version + "=accept; ")
            .collect(Collectors.joining());
    return List.of(
        "parents=2",
        "types=A",
        "rules=" + accepted + "version:*/A=" + DemoNodes.version(generation));
  }

  @Override
  public void close() {
    nodes.values().forEach(RealKernelNode::close);
  }
}
