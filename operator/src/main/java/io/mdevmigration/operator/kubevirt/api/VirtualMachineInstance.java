package io.mdevmigration.operator.kubevirt.api;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** A running VM. */
@Group("kubevirt.io")
@Version("v1")
@Plural("virtualmachineinstances")
public class VirtualMachineInstance extends CustomResource<VmiSpec, VmiStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1;
}
