package io.mdevmigration.operator.kubevirt.admission;

import io.mdevmigration.operator.kubevirt.api.MigrationSpec;
import io.mdevmigration.operator.kubevirt.need.ObjectName;
import java.util.Map;
import java.util.Optional;

/**
 * A migration as its creator wishes it.
 *
 * @param vmi which VMI
 * @param selector the node selector that it has already
 * @param crossesClusters whether it comes from or goes to another cluster
 */
public record Migration(ObjectName vmi, Map<String, String> selector, boolean crossesClusters) {
  public Migration {
    selector = Map.copyOf(selector);
  }

  /** Of a spec, in a namespace. */
  public static Migration of(String namespace, MigrationSpec spec) {
    return new Migration(
        new ObjectName(namespace, Optional.ofNullable(spec.vmiName()).orElse("")),
        Optional.ofNullable(spec.addedNodeSelector()).orElse(Map.of()),
        spec.sendTo() != null || spec.receive() != null);
  }
}
