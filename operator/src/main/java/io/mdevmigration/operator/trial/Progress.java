package io.mdevmigration.operator.trial;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.operator.fleet.NodeReport;
import java.util.Optional;

/** How far a node has come with a class. */
enum Progress {
  /** Its driver has not been asked. */
  NOT_BEGUN,
  /** It has stored, in this boot, that it is about to ask. */
  ASKING,
  /** It was about to ask in an earlier boot, and no answer came of it. */
  LEFT_IN_ANOTHER_BOOT,
  /** Its driver was asked and has not returned. */
  HANGING,
  /** Its driver has returned, but said neither yes nor no; it is asked once more. */
  RETURNED,
  /** The same, so often that it is not asked any more for the time being. */
  EXHAUSTED,
  /** The answer is known without asking. */
  SETTLED,
  /** Its driver has answered. */
  ANSWERED;

  static Progress of(NodeReport report, String type, String digest) {
    Optional<Answer> stored = report.answer(type, digest);
    if (stored.isEmpty()) {
      return NOT_BEGUN;
    }
    Answer answer = stored.get();
    if (answer.is(Reason.ASKING) || answer.is(Reason.SUSPECTED)) {
      return isOfThisBoot(answer, report) && answer.is(Reason.ASKING)
          ? ASKING
          : LEFT_IN_ANOTHER_BOOT;
    }
    if (!isOfThisRevision(answer, report)) {
      return NOT_BEGUN;
    }
    if (answer.verdict().isDefinite()) {
      return report.askable().contains(type) ? ANSWERED : SETTLED;
    }
    if (answer.is(Reason.EXHAUSTED)) {
      return EXHAUSTED;
    }
    if (answer.is(Reason.DRIVER_UNRESPONSIVE)) {
      return HANGING;
    }
    return answer.is(Reason.TRANSIENT)
            || answer.is(Reason.TARGET_GONE)
            || answer.is(Reason.THROTTLED)
            || answer.is(Reason.AGENT_MISCONFIGURED)
        ? RETURNED
        : NOT_BEGUN;
  }

  /** Whether the driver may have been given the string. */
  boolean hasBegun() {
    return this != NOT_BEGUN && this != SETTLED;
  }

  private static boolean isOfThisBoot(Answer answer, NodeReport report) {
    return report.bootID().equals(Optional.ofNullable(answer.bootID()));
  }

  private static boolean isOfThisRevision(Answer answer, NodeReport report) {
    return Optional.ofNullable(report.types().get(answer.type()))
        .map(OfferedType::revision)
        .equals(Optional.ofNullable(answer.revision()));
  }
}
