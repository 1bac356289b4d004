package io.mdevmigration.operator.kubevirt.api;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** The object that configures an installation of KubeVirt; a cluster has one. */
@Group("kubevirt.io")
@Version("v1")
@Plural("kubevirts")
public class KubeVirt extends CustomResource<KubeVirtSpec, Void> implements Namespaced {
  private static final long serialVersionUID = 1;
}
