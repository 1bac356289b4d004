package io.mdevmigration.node.publish;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.AnswerOfNode;
import io.mdevmigration.node.check.Decision;
import io.mdevmigration.node.check.Outcome;
import io.mdevmigration.node.check.ParentOutcome;
import io.mdevmigration.node.check.WhatToAsk;
import io.mdevmigration.node.inventory.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What becomes of a question that may not be asked: an answer that says so. */
final class WithheldQuestion {
  private WithheldQuestion() {}

  /**
   * The decision instead of this one; the same if nothing would be asked.
   *
   * @param what where the decision comes from
   * @param before the answer so far
   */
  static Decision instead(Decision decision, WhatToAsk what, Optional<Answer> before) {
    if (decision instanceof Decision.Ask ask) {
      return withheld(ask.mdevClass(), ask.known(), ask.toAsk(), what, before);
    }
    if (decision instanceof Decision.Announce announce) {
      return withheld(announce.mdevClass(), announce.known(), announce.toAsk(), what, before);
    }
    return decision;
  }

  private static Decision withheld(
      MdevClass mdevClass,
      List<ParentOutcome> known,
      List<Offer> toAsk,
      WhatToAsk what,
      Optional<Answer> before) {
    if (before.filter(answer -> answer.is(Reason.ASKING)).isPresent()) {
      // It may have been asked before this daemon started: that must stay to be seen.
      return new Decision.Keep(mdevClass, before.orElseThrow(), Optional.empty());
    }
    List<ParentOutcome> outcomes = new ArrayList<>(known);
    Outcome withheld = Outcome.of(Verdict.UNKNOWN, Reason.POLICIES_NOT_IN_FORCE);
    toAsk.forEach(
        offer -> outcomes.add(new ParentOutcome(offer.parent(), withheld, Optional.empty())));
    Answer answer = what.answer(mdevClass, outcomes);
    return before
        .filter(stored -> AnswerOfNode.sameButTime(stored, answer))
        .<Decision>map(stored -> new Decision.Keep(mdevClass, stored, Optional.empty()))
        .orElseGet(() -> new Decision.Settle(mdevClass, answer));
  }
}
