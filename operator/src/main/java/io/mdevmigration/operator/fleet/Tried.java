package io.mdevmigration.operator.fleet;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells which pairs of class and driver are not new to the fleet because of one node. Two things
 * prove it: the driver's own answer under the published revision to what the operator asked, and a
 * check that is no trial, which the operator writes only once a trial has ended well. The second
 * lasts when every node boots at the same time and no answer holds any more. An answer that nobody
 * asked for proves nothing: a lying daemon could end a trial by it that another node has to stand.
 */
final class Tried {
  private Tried() {}

  static Set<ClassOnDriver> of(
      List<Check> checks,
      Collection<Answer> answers,
      Map<String, OfferedType> types,
      Map<String, String> drivers,
      Set<String> askable) {
    Set<ClassOnDriver> tried = new HashSet<>();
    Set<String> asked = new HashSet<>();
    for (Check check : checks) {
      asked.add(check.mdevClass().digest());
      if (check.driver() != null && !check.triesFirst()) {
        tried.add(new ClassOnDriver(check.type(), check.mdevClass().digest(), check.driver()));
      }
    }
    for (Answer answer : answers) {
      String driver = drivers.get(answer.type());
      Optional<String> revision =
          Optional.ofNullable(types.get(answer.type())).map(OfferedType::revision);
      // Of a type that cannot be asked about, NotSupported is what reading gave.
      if (driver != null
          && asked.contains(answer.digest())
          && askable.contains(answer.type())
          && revision.isPresent()
          && isFromDriver(answer, revision.get())) {
        tried.add(new ClassOnDriver(answer.type(), answer.digest(), driver));
      }
    }
    return tried;
  }

  private static boolean isFromDriver(Answer answer, String revision) {
    if (answer.verdict().isDefinite()) {
      return revision.equals(answer.revision())
          && (answer.is(Reason.ACCEPTED)
              || answer.is(Reason.REFUSED)
              || answer.is(Reason.NOT_SUPPORTED));
    }
    return Optional.ofNullable(answer.lastDefinite())
        .filter(last -> revision.equals(last.revision()))
        .map(DefiniteVerdict::verdict)
        .filter(verdict -> verdict == Verdict.COMPATIBLE || verdict == Verdict.INCOMPATIBLE)
        .isPresent();
  }
}
