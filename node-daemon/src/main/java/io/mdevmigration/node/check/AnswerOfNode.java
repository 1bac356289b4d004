package io.mdevmigration.node.check;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.ParentCounts;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.posix.Errno;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes one answer of what all parents said: the worst is the node's. */
public final class AnswerOfNode {
  /** Tries in a row that may fail in passing before the class is left alone. */
  public static final int TRIES = 5;

  /** Of several reasons for not knowing, the one that somebody can do most about is shown. */
  private static final List<Reason> UNKNOWN_FIRST =
      List.of(
          Reason.AGENT_MISCONFIGURED,
          Reason.DRIVER_UNRESPONSIVE,
          Reason.READ_FAILED,
          Reason.TARGET_GONE,
          Reason.TRANSIENT,
          Reason.THROTTLED);

  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  private final MdevClass mdevClass;
  private final Optional<String> revision;
  private final Optional<String> askAgain;
  private final Optional<Answer> stored;
  private final Instant now;
  private final Optional<Announcement> announcement;

  /**
   * Whether an answer that somebody has stored can be reasoned about: its times are times, and such
   * that periods can be added to them. The API's schema knows them as texts only.
   */
  public static boolean isReadable(Answer answer) {
    return isTime(answer.time())
        && (answer.lastDefinite() == null || isTime(answer.lastDefinite().time()));
  }

  private static boolean isTime(String text) {
    try {
      Instant time = Instant.parse(text);
      return !time.isBefore(Instant.EPOCH) && time.isBefore(LATEST);
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /**
   * An answer to one class.
   *
   * @param revision the type's published revision
   * @param askAgain hash of spec.askAgain
   * @param stored the answer that this one replaces
   * @param now the time, of which seconds are kept
   */
  public AnswerOfNode(
      MdevClass mdevClass,
      Optional<String> revision,
      Optional<String> askAgain,
      Optional<Answer> stored,
      Instant now) {
    this(mdevClass, revision, askAgain, stored, now, Optional.empty());
  }

  private AnswerOfNode(
      MdevClass mdevClass,
      Optional<String> revision,
      Optional<String> askAgain,
      Optional<Answer> stored,
      Instant now,
      Optional<Announcement> announcement) {
    this.mdevClass = mdevClass;
    this.revision = revision;
    this.askAgain = askAgain;
    this.stored = stored;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
    this.announcement = announcement;
  }

  /** The same, of answers that carry an announcement on: the question has not been answered. */
  AnswerOfNode carrying(Optional<Announcement> unanswered) {
    return new AnswerOfNode(mdevClass, revision, askAgain, stored, now, unanswered);
  }

  /** What is stored before the question is asked. */
  Answer asking(String bootID, Optional<String> driver) {
    return carrying(Optional.of(new Announcement(bootID, driver, askAgain)))
        .answer(
            Outcome.of(Verdict.UNKNOWN, Reason.ASKING),
            OptionalInt.empty(),
            null,
            List.of(),
            now,
            attemptsBefore());
  }

  /** The answer where no parent has a say. */
  public Answer of(Verdict verdict, Reason reason, OptionalInt errno) {
    return answer(Outcome.of(verdict, reason), errno, null, List.of(), now, 0);
  }

  /**
   * The answer of several parents, at least one.
   *
   * @param outcomes what each said; those not asked any more are not among them
   */
  public Answer of(List<ParentOutcome> outcomes) {
    Outcome worst =
        outcomes.stream()
            .map(ParentOutcome::outcome)
            .max(
                Comparator.comparing(Outcome::verdict, Verdict.BEST_FIRST)
                    .thenComparing(outcome -> -UNKNOWN_FIRST.indexOf(outcome.reason()))
                    // The lowest number, so that the same outcomes always give the same answer.
                    .thenComparing(outcome -> -outcome.errno().orElse(0)))
            .orElseThrow();
    List<String> refusedBy =
        outcomes.stream()
            .filter(outcome -> outcome.outcome().verdict() == Verdict.INCOMPATIBLE)
            .map(ParentOutcome::parent)
            .sorted()
            .limit(Api.NAMES_MAX)
            .toList();
    Instant time =
        worst.verdict().isDefinite()
            ? outcomes.stream().flatMap(o -> o.time().stream()).min(Instant::compareTo).orElse(now)
            : now;
    int attempts = isPassing(worst.reason()) ? attemptsBefore() + 1 : 0;
    Outcome shown =
        attempts >= TRIES ? new Outcome(Verdict.UNKNOWN, Reason.EXHAUSTED, worst.errno()) : worst;
    return answer(shown, shown.errno(), counts(outcomes), refusedBy, time, attempts);
  }

  /** Whether two answers say the same and were given under the same terms, whenever. */
  public static boolean sameButTime(Answer one, Answer other) {
    return one.withTime(other.time()).equals(other);
  }

  private static boolean isPassing(Reason reason) {
    return reason == Reason.TRANSIENT || reason == Reason.TARGET_GONE;
  }

  /** The question that is about to be repeated counts those before it. */
  private static boolean hasAttempts(Answer answer) {
    return answer.is(Reason.TRANSIENT) || answer.is(Reason.TARGET_GONE) || answer.is(Reason.ASKING);
  }

  private int attemptsBefore() {
    return stored
        .filter(AnswerOfNode::hasAttempts)
        .filter(answer -> Objects.equals(answer.revision(), revision.orElse(null)))
        .filter(answer -> Objects.equals(answer.askAgain(), askAgain.orElse(null)))
        .map(Answer::attempts)
        .orElse(0);
  }

  private static ParentCounts counts(List<ParentOutcome> outcomes) {
    return new ParentCounts(
        count(outcomes, Verdict.COMPATIBLE),
        count(outcomes, Verdict.INCOMPATIBLE),
        count(outcomes, Verdict.UNSUPPORTED),
        count(outcomes, Verdict.UNKNOWN));
  }

  private static int count(List<ParentOutcome> outcomes, Verdict verdict) {
    return (int) outcomes.stream().filter(o -> o.outcome().verdict() == verdict).count();
  }

  private Answer answer(
      Outcome outcome,
      OptionalInt errno,
      ParentCounts parents,
      List<String> refusedBy,
      Instant time,
      int attempts) {
    boolean definite = outcome.verdict().isDefinite();
    return new Answer(
        mdevClass.type(),
        mdevClass.digest(),
        outcome.verdict(),
        outcome.reason().toString(),
        errno.isPresent() ? errno.getAsInt() : null,
        errno.isPresent() ? Errno.name(errno.getAsInt()) : null,
        parents,
        refusedBy,
        revision.orElse(null),
        time.toString(),
        attempts > 0 ? attempts : null,
        announcement.map(Announcement::askAgain).orElse(askAgain).orElse(null),
        announcement.map(Announcement::bootID).orElse(null),
        announcement.flatMap(Announcement::driver).orElse(null),
        definite ? null : lastDefinite());
  }

  /** The API's records hold null where there is nothing. */
  private DefiniteVerdict lastDefinite() {
    return stored.flatMap(Answer::definite).orElse(null);
  }
}
