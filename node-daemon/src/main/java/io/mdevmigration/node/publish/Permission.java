package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.node.sysfs.Printable;
import java.util.Optional;
import java.util.Set;

/** Whether questions may be asked, as far as the admission policies go. */
sealed interface Permission {
  /**
   * What a refusal by a policy says, and by this policy, {@code deploy/policy-node-daemon.yaml},
   * for the object of another node. The names of policy and binding are the installation's to
   * choose.
   */
  String POLICY = "ValidatingAdmissionPolicy '";

  String OTHER_NODE = "may not write the MdevNodeState of another node";

  /** Statuses with which the API server says no more than that it did not look at the request. */
  Set<Integer> NOT_LOOKED_AT = Set.of(401, 404, 408, 429);

  int CLIENT_ERRORS = 400;
  int SERVER_ERRORS = 500;
  int MESSAGE_MAX = 400;

  /** They may. */
  record Granted() implements Permission {}

  /**
   * They may not.
   *
   * @param why what was found, and what to do about it
   */
  record Withheld(String why) implements Permission {
    public Withheld {
      requireNonNull(why, "why");
    }
  }

  /**
   * Nobody could tell.
   *
   * @param why what happened
   */
  record Undecided(String why) implements Permission {
    public Undecided {
      requireNonNull(why, "why");
    }
  }

  /**
   * What the attempt to create the object of another node tells. Only the refusal by the policy
   * that forbids just that is a proof: RBAC, a schema or somebody else's policy may refuse it for
   * reasons of their own and let the next one pass.
   *
   * @param refusal how it was refused; empty if it would have been done
   */
  static Permission of(Optional<Refusal> refusal) {
    if (refusal.isEmpty()) {
      return new Withheld(
          "the API server would let this daemon write the MdevNodeState of another node: the"
              + " admission policies are not in force for it");
    }
    Refusal refused = refusal.orElseThrow();
    String message = Printable.of(refused.message(), MESSAGE_MAX);
    if (refused.message().contains(POLICY) && refused.message().contains(OTHER_NODE)) {
      return new Granted();
    }
    boolean looked =
        refused.code() >= CLIENT_ERRORS
            && refused.code() < SERVER_ERRORS
            && !NOT_LOOKED_AT.contains(refused.code());
    return looked
        ? new Withheld(
            "the admission policy that keeps this daemon from writing the MdevNodeState of another"
                + " node did not show; the API server said instead: "
                + message)
        : new Undecided(message);
  }
}
