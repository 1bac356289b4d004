package io.mdevmigration.e2e.kubevirt;

import io.mdevmigration.e2e.controlplane.ControlPlane;

/** A KubeVirt that permits one mdev type, and a namespace whose machines have a device of it. */
final class Shop {
  private Shop() {}

  /** Makes the namespaces and the KubeVirt object; its resources have to be there. */
  static void open(ControlPlane controlPlane) {
    String objects =
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: kubevirt}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: kubevirt.io/v1
        kind: KubeVirt
        metadata: {name: kubevirt, namespace: kubevirt}
        spec:
          configuration:
            permittedHostDevices:
              mediatedDevices: [{resourceName: sample.io/A, mdevNameSelector: A}]
        """;
    controlPlane.kubectlWithInput(objects, "apply", "-f", "-").orThrow();
  }

  /** A document of YAML: a machine that runs on this node. */
  static String machine(String name, String node) {
    return """
    ---
    apiVersion: kubevirt.io/v1
    kind: VirtualMachineInstance
    metadata: {name: %s, namespace: shop}
    spec: {domain: {devices: {gpus: [{name: g, deviceName: sample.io/A}]}}}
    status: {phase: Running, nodeName: "%s"}
    """
        .formatted(name, node);
  }
}
