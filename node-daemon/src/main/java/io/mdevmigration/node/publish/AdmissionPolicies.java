package io.mdevmigration.node.publish;

/** Whether a daemon needs the cluster's admission policies to ask questions. */
public enum AdmissionPolicies {
  /**
   * Asks nothing while they are not in force: without them any node's daemon can put strings into
   * the inventories of others, and from there into their kernels.
   */
  REQUIRED,
  /**
   * Asks without a look at them: where the daemon's credentials belong to no node that a policy
   * could tell, such as a kubeconfig.
   */
  NOT_REQUIRED
}
