package io.mdevmigration.operator.cleanup;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.NodeEvacuation;
import io.mdevmigration.operator.kubevirt.permitted.PermittedTypes;
import java.util.List;

/** What of the product is found by its name, and what is its own. */
final class Leftovers {
  /** The MutatingWebhookConfiguration. */
  static final String WEBHOOK = "mdev-migration";

  /** The Secrets with the webhook's certificate: the operator's own, and that of cert-manager. */
  static final List<String> SECRETS =
      List.of("mdev-operator-webhook", "mdev-operator-webhook-certificate");

  /** The Lease of the operator's replicas. */
  static final String LEASE = "mdev-operator";

  /** The custom resource definitions. */
  static final List<String> CRDS =
      List.of(
          HasMetadata.getFullResourceName(MdevNodeState.class),
          HasMetadata.getFullResourceName(MigrationCompatibility.class),
          HasMetadata.getFullResourceName(NodeEvacuation.class));

  private Leftovers() {}

  /** Whether the operator made an object by itself; otherwise it is a user's. */
  static boolean isTheOperators(MigrationCompatibility object) {
    return PermittedTypes.Existing.of(object).permittedAs().isPresent();
  }
}
