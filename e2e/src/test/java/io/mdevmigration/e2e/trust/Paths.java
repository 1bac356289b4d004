package io.mdevmigration.e2e.trust;

/** Where what the requests are about is found. */
final class Paths {
  static final String NODES = "/api/v1/nodes";
  static final String STATES = "/apis/mdevmigration.io/v1alpha1/mdevnodestates";
  static final String COMPATIBILITIES = "/apis/mdevmigration.io/v1alpha1/migrationcompatibilities";
  static final String EVACUATIONS = "/apis/mdevmigration.io/v1alpha1/nodeevacuations";
  static final String ADMISSION = "/apis/admissionregistration.k8s.io/v1/";
  static final String MUTATING = ADMISSION + "mutatingwebhookconfigurations";
  static final String VALIDATING = ADMISSION + "validatingwebhookconfigurations";
  static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";
  static final String OURS = "/api/v1/namespaces/mdev-migration/";
  static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/mdev-migration/leases";
  static final String SYSTEM_LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";

  private Paths() {}
}
