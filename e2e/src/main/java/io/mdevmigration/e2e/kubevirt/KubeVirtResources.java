package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Map;

/** KubeVirt's resources that are used here, and the names by which KubeVirt marks others. */
final class KubeVirtResources {
  static final String GROUP = "kubevirt.io";

  static final ResourceDefinitionContext KUBE_VIRT = kind("KubeVirt", "kubevirts");
  static final ResourceDefinitionContext INSTANCE =
      kind("VirtualMachineInstance", "virtualmachineinstances");
  static final ResourceDefinitionContext MIGRATION =
      kind("VirtualMachineInstanceMigration", "virtualmachineinstancemigrations");

  /** On a node that virt-handler serves. */
  static final String SCHEDULABLE = "kubevirt.io/schedulable";

  /** On a machine: where it runs. */
  static final String NODE_NAME = "kubevirt.io/nodeName";

  /** On a machine: where it is about to run. */
  static final String MIGRATION_TARGET = "kubevirt.io/migrationTargetNodeName";

  /** On a target pod: the uid of its migration. */
  static final String MIGRATION_JOB = "kubevirt.io/migrationJobUID";

  /** On a pod: the uid of its machine. */
  static final String CREATED_BY = "kubevirt.io/created-by";

  /** The CPU model that every machine asks for and every node has. */
  static final String CPU_MODEL = "Penryn";

  /** What virt-handler says of a node on which such machines can run. */
  static final Map<String, String> NODE_LABELS =
      Map.of(
          SCHEDULABLE,
          "true",
          "machine-type.node.kubevirt.io/q35",
          "true",
          "cpu-model.node.kubevirt.io/" + CPU_MODEL,
          "true");

  private KubeVirtResources() {}

  private static ResourceDefinitionContext kind(String kind, String plural) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(GROUP)
        .withVersion("v1")
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(true)
        .build();
  }
}
