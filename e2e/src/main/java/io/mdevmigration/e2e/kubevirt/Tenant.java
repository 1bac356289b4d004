package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import java.util.List;

/** A user who may do anything with machines and migrations, and nothing else. */
final class Tenant {
  private static final String NAME = "tenant";

  private Tenant() {}

  /** Adds the user to a control plane that is yet to start. */
  static Options with(Options options) {
    return options.user(NAME);
  }

  /** Gives the user the rights. */
  static void allow(ControlPlane controlPlane) {
    for (String plural : List.of("virtualmachineinstances", "virtualmachineinstancemigrations")) {
      String name = NAME + ":" + plural;
      String resource = plural + "." + KubeVirtResources.GROUP;
      controlPlane
          .kubectl("create", "clusterrole", name, "--verb=*", "--resource=" + resource)
          .orThrow();
      controlPlane
          .kubectl("create", "clusterrolebinding", name, "--clusterrole=" + name, "--user=" + NAME)
          .orThrow();
    }
  }

  /** A client of the user; the caller closes it. */
  static KubernetesClient client(ControlPlane controlPlane) {
    return new KubernetesClientBuilder()
        .withConfig(controlPlane.config(NAME, "kubevirt-tenant"))
        .build();
  }
}
