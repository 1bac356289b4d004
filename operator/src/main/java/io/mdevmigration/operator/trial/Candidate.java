package io.mdevmigration.operator.trial;

import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Instant;
import java.util.Optional;

/**
 * A node as far as the trial of a class is concerned.
 *
 * @param name the node's name
 * @param bootID the boot that it is in; empty if unknown
 * @param driver the driver that serves the class's type there; empty if none is known
 * @param fit whether it may be given a trial: its daemon is Ready and has lately said so, about
 *     this Node and this boot, and some parent can be asked
 * @param publishing whether it publishes the class itself, and whether others do too
 * @param progress how far it has come
 */
record Candidate(
    String name,
    Optional<String> bootID,
    Optional<String> driver,
    boolean fit,
    Publishing publishing,
    Progress progress) {
  /** Who publishes the class, in the order in which to try: the best first. */
  enum Publishing {
    /** The node and others: its own driver has made the string, and not for this node alone. */
    AMONG_OTHERS,
    /** Others. */
    NOT,
    /**
     * The node alone: a taken-over one would try its own string on itself, and say that it went.
     */
    ALONE
  }

  static Candidate of(
      NodeFacts node,
      NodeReport report,
      String type,
      String digest,
      Publishing publishing,
      Instant now) {
    boolean booted = report.isBeforeBootOf(node);
    return new Candidate(
        node.name(),
        booted ? node.bootID() : report.bootID(),
        report.driverOf(type),
        report.belongsTo(node)
            && !booted
            && report.ready()
            && report.isFresh(now)
            && report.bootID().isPresent()
            && report.askable().contains(type),
        publishing,
        Progress.of(report, type, digest));
  }

  /** Whether the trial can be given to it now. */
  boolean canBegin() {
    return fit && progress == Progress.NOT_BEGUN;
  }
}
