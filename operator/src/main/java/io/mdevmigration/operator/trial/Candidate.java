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
 * @param publishes whether it publishes the class itself: its own driver has made the string
 * @param progress how far it has come
 */
record Candidate(
    String name,
    Optional<String> bootID,
    Optional<String> driver,
    boolean fit,
    boolean publishes,
    Progress progress) {
  static Candidate of(NodeFacts node, NodeReport report, String type, String digest, Instant now) {
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
        report.published().containsKey(digest),
        Progress.of(report, type, digest));
  }

  /** Whether the trial can be given to it now. */
  boolean canBegin() {
    return fit && progress == Progress.NOT_BEGUN;
  }
}
