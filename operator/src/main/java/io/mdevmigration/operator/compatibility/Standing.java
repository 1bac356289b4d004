package io.mdevmigration.operator.compatibility;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.check.WantedChecks;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * How a node stands to a class at present: the answer where it still counts, else why nothing is
 * known.
 *
 * @param verdict Unknown where the stored answer no longer counts
 * @param reason why, in one word
 * @param errno the driver's error number
 * @param errnoName its name
 */
public record Standing(
    Verdict verdict, String reason, Optional<Integer> errno, Optional<String> errnoName) {

  /** Worst first, then by what it says. */
  static final Comparator<Standing> WORST_FIRST =
      Comparator.comparing(Standing::verdict, Verdict.BEST_FIRST.reversed())
          .thenComparing(Standing::reason)
          .thenComparing(standing -> standing.errno().orElse(0))
          .thenComparing(standing -> standing.errnoName().orElse(""));

  /**
   * The standing of a node to a class.
   *
   * @param node the node
   * @param report what its MdevNodeState says
   * @param mdevClass the class
   * @param withheld why the node is not asked about it; empty if it is
   * @param now the time
   */
  public static Standing of(
      NodeFacts node,
      NodeReport report,
      MdevClass mdevClass,
      Optional<Reason> withheld,
      Instant now) {
    if (!report.belongsTo(node) || report.isBeforeBootOf(node)) {
      return unknown(Reason.OUTDATED);
    }
    Optional<OfferedType> type = Optional.ofNullable(report.types().get(mdevClass.type()));
    if (type.isEmpty() && report.complete()) {
      return new Standing(
          Verdict.UNSUPPORTED,
          Reason.TYPE_NOT_OFFERED.toString(),
          Optional.empty(),
          Optional.empty());
    }
    if (report.observed().isPresent() && !report.isFresh(now)) {
      return unknown(Reason.STALE);
    }
    Optional<Answer> answer = report.answer(mdevClass.type(), mdevClass.digest());
    if (answer.isEmpty() || answer.get().is(Reason.OTHER_DRIVER)) {
      return report
          .obstacle(mdevClass.type())
          .map(Standing::of)
          .orElseGet(() -> unknown(withheld.orElseGet(() -> notAnswered(report, mdevClass))));
    }
    Optional<String> revision = type.map(OfferedType::revision);
    if (answer.get().verdict().isDefinite()
        && revision.isPresent()
        && !revision.equals(Optional.ofNullable(answer.get().revision()))) {
      return unknown(withheld.orElse(Reason.OUTDATED));
    }
    return new Standing(
        answer.get().verdict(),
        answer.get().reason(),
        Optional.ofNullable(answer.get().errno()),
        Optional.ofNullable(answer.get().errnoName()).filter(name -> !name.isEmpty()));
  }

  /** A type that no parent can be asked about: waiting for an answer would be waiting for ever. */
  private static Standing of(Problem obstacle) {
    return new Standing(
        obstacle.rulesOutMigration() ? Verdict.UNSUPPORTED : Verdict.UNKNOWN,
        obstacle.reason(),
        Optional.ofNullable(obstacle.errno()),
        Optional.ofNullable(obstacle.errnoName()));
  }

  private static Reason notAnswered(NodeReport report, MdevClass mdevClass) {
    int bytes = report.checks().stream().mapToInt(check -> check.version().length()).sum();
    return report.check(mdevClass).isPresent()
            || WantedChecks.hasRoom(report.checks().size(), bytes, mdevClass)
        ? Reason.NOT_ANSWERED
        : Reason.TOO_MANY_CLASSES;
  }

  /** This standing as the head of others that there is no room to list. */
  Standing amongOthers() {
    return new Standing(verdict, "Various", Optional.empty(), Optional.empty());
  }

  private static Standing unknown(Reason reason) {
    return new Standing(Verdict.UNKNOWN, reason.toString(), Optional.empty(), Optional.empty());
  }
}
