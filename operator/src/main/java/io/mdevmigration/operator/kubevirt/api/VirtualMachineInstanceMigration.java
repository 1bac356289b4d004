package io.mdevmigration.operator.kubevirt.api;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** The wish to migrate a VMI, and what came of it. */
@Group("kubevirt.io")
@Version("v1")
@Plural("virtualmachineinstancemigrations")
public class VirtualMachineInstanceMigration extends CustomResource<MigrationSpec, MigrationStatus>
    implements Namespaced {
  private static final long serialVersionUID = 1;
}
