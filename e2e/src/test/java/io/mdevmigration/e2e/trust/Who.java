package io.mdevmigration.e2e.trust;

/** Who asks. */
enum Who {
  /** The daemon on trust-a, whose MdevNodeState is there. */
  DAEMON,
  /** The daemon on trust-new, whose MdevNodeState is not there yet. */
  NEW_DAEMON,
  /** The daemons' ServiceAccount with a token from {@code kubectl create token}. */
  UNBOUND_DAEMON,
  /** The daemon of a pod that has been deleted. */
  DAEMON_OF_DELETED_POD,
  /** The daemon on trust-a, with a token of yesterday. */
  EXPIRED_DAEMON,
  /** The daemon on trust-a, with trust-b written into its token. */
  FORGING_DAEMON,
  /** The daemon on trust-a, with a token for another audience. */
  DAEMON_FOR_OTHERS,
  /** The operator. */
  OPERATOR,
  /** Bound to mdev-migration-viewer. */
  VIEWER,
  /** Bound to mdev-migration-author. */
  AUTHOR,
  /** Bound to mdev-migration-author and mdev-migration-literal-versions. */
  LITERAL_AUTHOR,
  /** Bound to Kubernetes' own role edit, in the whole cluster. */
  EDITOR,
  /** Bound to Kubernetes' own role admin, in the whole cluster. */
  NAMESPACES_ADMIN,
  /** The daemon on trust-a, were every right given to it: what the policies alone refuse. */
  ALMIGHTY_DAEMON,
  /** The operator, were every right given to it. */
  ALMIGHTY_OPERATOR,
  /** In the group system:masters. */
  ADMIN
}
