package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.inventory.NodeInventory;
import io.mdevmigration.node.inventory.Offer;
import io.mdevmigration.node.inventory.VersionString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which questions are due. A stored answer holds while the type's revision and
 * spec.askAgain are the ones it was given under and it is not too old; so a restart asks nothing.
 * Where the revision has changed, only parents are asked that are new, whose attribute is a new one
 * or whose version has changed. The first questions of a boot, and those of a trial, are stored
 * before they are asked, a trial alone; one that a boot did not survive is not asked again.
 */
public final class WhatToAsk {
  /** Refusals of one class after which the other parents are not asked: each costs a log line. */
  public static final int REFUSALS_OF_A_CLASS = 8;

  private final NodeInventory inventory;
  private final Known known;
  private final Terms terms;
  private final Optional<String> boot;

  /** A decision at one moment. */
  public WhatToAsk(NodeInventory inventory, Known known, Terms terms) {
    this.inventory = requireNonNull(inventory, "inventory");
    this.known = requireNonNull(known, "known");
    this.terms = requireNonNull(terms, "terms");
    this.boot = Optional.ofNullable(inventory.published().bootID());
  }

  /**
   * What to do about each check, in the checks' order; each class once, {@link Api#CHECKS_MAX} at
   * most. Strings that must not be written are left out: the API's schema refuses them too.
   */
  public List<Decision> decide(List<Check> checks) {
    Map<String, Check> distinct = new LinkedHashMap<>();
    checks.stream()
        .filter(check -> VersionString.isValid(check.version()))
        .forEach(check -> distinct.putIfAbsent(check.mdevClass().digest(), check));
    Map<String, Check> bounded =
        distinct.entrySet().stream()
            .limit(Api.CHECKS_MAX)
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    Set<String> tooMany = tooMany(bounded);
    List<Decision> decisions = new ArrayList<>();
    bounded.forEach(
        (digest, check) ->
            decisions.add(
                tooMany.contains(digest)
                    ? settle(check.mdevClass(), Verdict.UNKNOWN, Reason.TOO_MANY_CLASSES)
                    : decide(check)));
    return decisions;
  }

  /** Classes beyond what is asked about one type; those that have an answer already come first. */
  private Set<String> tooMany(Map<String, Check> checks) {
    Map<String, Integer> counts = new HashMap<>();
    return Stream.concat(
            checks.keySet().stream().filter(this::isAnswered),
            checks.keySet().stream().filter(digest -> !isAnswered(digest)))
        .filter(
            digest ->
                counts.merge(checks.get(digest).type(), 1, Integer::sum) > Api.CLASSES_PER_TYPE_MAX)
        .collect(Collectors.toSet());
  }

  private boolean isAnswered(String digest) {
    return known.answer(digest).filter(answer -> !answer.is(Reason.TOO_MANY_CLASSES)).isPresent();
  }

  private Decision decide(Check check) {
    MdevClass mdevClass = check.mdevClass();
    List<Offer> offers = inventory.offersOf(check.type());
    if (offers.isEmpty()) {
      return inventory.published().complete()
          ? settle(mdevClass, Verdict.UNSUPPORTED, Reason.TYPE_NOT_OFFERED)
          : settle(mdevClass, Verdict.UNKNOWN, Reason.READ_FAILED);
    }
    Optional<String> driver = inventory.published().driverOf(check.type());
    if (check.driver() != null && !driver.equals(Optional.of(check.driver()))) {
      return settle(mdevClass, Verdict.UNKNOWN, Reason.OTHER_DRIVER);
    }
    if (isSuspected(mdevClass, driver)) {
      return settle(mdevClass, Verdict.UNKNOWN, Reason.SUSPECTED);
    }
    Optional<String> revision = inventory.revision(check.type());
    Optional<Answer> held = stored(mdevClass).filter(answer -> terms.match(answer, revision));
    Optional<Offer.Unread> unread =
        offers.stream()
            .flatMap(offer -> offer.target() instanceof Offer.Unread u ? Stream.of(u) : Stream.of())
            .findFirst();
    if (unread.isPresent()) {
      return unread(mdevClass, unread.orElseThrow(), held.filter(a -> revision.isPresent()));
    }
    if (held.isPresent()) {
      Answer answer = held.orElseThrow();
      boolean askable = offers.stream().anyMatch(o -> o.target() instanceof Offer.Askable);
      Optional<Instant> due = terms.due(answer);
      if (due.isPresent()
          && askable
          && !terms.isPast(due.orElseThrow(), Instant.parse(answer.time()))) {
        return new Decision.Keep(mdevClass, answer, due);
      }
    }
    return ask(check, offers, driver);
  }

  /** Whether the boot in which the question was stored has ended without an answer to it. */
  private boolean isSuspected(MdevClass mdevClass, Optional<String> driver) {
    return boot.isPresent()
        && announcement(mdevClass)
            .filter(announcement -> !announcement.isOf(boot))
            .filter(announcement -> announcement.driver().equals(driver))
            .filter(announcement -> !terms.tellToAskAgain(announcement))
            .isPresent();
  }

  private Decision unread(MdevClass mdevClass, Offer.Unread unread, Optional<Answer> held) {
    // What cannot be read cannot be asked: it is not about to be.
    Optional<Answer> answer = held.filter(a -> !a.is(Reason.ASKING));
    if (answer.isPresent()) {
      return new Decision.Keep(mdevClass, answer.orElseThrow(), Optional.empty());
    }
    Integer errno = unread.problem().errno();
    return settle(
        mdevClass,
        unasked(mdevClass)
            .of(
                Verdict.UNKNOWN,
                unread.problem().is(Reason.DRIVER_UNRESPONSIVE)
                    ? Reason.DRIVER_UNRESPONSIVE
                    : Reason.READ_FAILED,
                errno == null ? OptionalInt.empty() : OptionalInt.of(errno)));
  }

  private Decision ask(Check check, List<Offer> offers, Optional<String> driver) {
    MdevClass mdevClass = check.mdevClass();
    List<ParentOutcome> outcomes = new ArrayList<>();
    List<Offer> toAsk = new ArrayList<>();
    for (Offer offer : offers) {
      Optional<ParentOutcome> outcome = known(mdevClass.digest(), offer);
      outcome.ifPresentOrElse(outcomes::add, () -> toAsk.add(offer));
    }
    long refusals =
        outcomes.stream().filter(k -> k.outcome().verdict() == Verdict.INCOMPATIBLE).count();
    if (toAsk.isEmpty() || refusals >= REFUSALS_OF_A_CLASS) {
      return settle(mdevClass, answer(mdevClass, outcomes));
    }
    return isAnnounced(mdevClass, driver) || !isToBeAnnounced(check, driver)
        ? new Decision.Ask(mdevClass, outcomes, toAsk)
        : announce(check, driver, outcomes, toAsk);
  }

  /**
   * Whether it has to be stored that the question is about to be asked: the first questions of a
   * boot, because each of them may have ended the last one; a class that is new to the driver; and
   * one that has been stored and not been answered.
   */
  private boolean isToBeAnnounced(Check check, Optional<String> driver) {
    boolean begun = boot.filter(known.boots()::hasBegun).isPresent();
    boolean tried =
        begun
            && driver
                .filter(
                    d ->
                        known.boots().isAnswered(boot.orElseThrow(), check.mdevClass().digest(), d))
                .isPresent();
    return !begun || (check.triesFirst() && !tried) || announcement(check.mdevClass()).isPresent();
  }

  private boolean isAnnounced(MdevClass mdevClass, Optional<String> driver) {
    return known
        .confirmed(mdevClass.digest())
        .filter(answer -> isAsking(answer, driver))
        .isPresent();
  }

  private boolean isAsking(Answer answer, Optional<String> driver) {
    return answer.is(Reason.ASKING)
        && boot.isPresent()
        && Announcement.of(answer)
            .equals(Optional.of(new Announcement(boot.orElseThrow(), driver, terms.askAgain())));
  }

  private Decision announce(
      Check check, Optional<String> driver, List<ParentOutcome> outcomes, List<Offer> toAsk) {
    MdevClass mdevClass = check.mdevClass();
    if (boot.isEmpty()) {
      // Nobody could tell later in which boot it was asked.
      return settle(mdevClass, Verdict.UNKNOWN, Reason.READ_FAILED);
    }
    if (terms.isThrottled()) {
      return settle(mdevClass, Verdict.UNKNOWN, Reason.THROTTLED);
    }
    Optional<Answer> drafted = stored(mdevClass).filter(answer -> isAsking(answer, driver));
    return drafted.isPresent()
        ? new Decision.Keep(mdevClass, drafted.orElseThrow(), Optional.empty())
        : new Decision.Announce(
            mdevClass,
            outcomes,
            toAsk,
            answer(mdevClass).asking(boot.orElseThrow(), driver),
            check.triesFirst());
  }

  private Optional<ParentOutcome> known(String digest, Offer offer) {
    if (offer.target() instanceof Offer.Settled settled) {
      return Optional.of(
          new ParentOutcome(
              offer.parent(),
              new Outcome(Verdict.UNSUPPORTED, settled.reason(), settled.errno()),
              Optional.empty()));
    }
    if (known.outcomes().isPending(digest, offer.parent())) {
      return Optional.of(
          new ParentOutcome(
              offer.parent(),
              Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE),
              Optional.empty()));
    }
    return known
        .outcomes()
        .of(digest, offer.parent())
        .filter(r -> offer.target() instanceof Offer.Askable a && a.key().equals(r.key()))
        .filter(r -> r.askAgain().equals(terms.askAgain()))
        .filter(r -> terms.isFresh(digest, r.outcome(), r.time()))
        .map(r -> new ParentOutcome(offer.parent(), r.outcome(), Optional.of(r.time())));
  }

  private Decision settle(MdevClass mdevClass, Verdict verdict, Reason reason) {
    return settle(mdevClass, unasked(mdevClass).of(verdict, reason, OptionalInt.empty()));
  }

  /** An answer that says what the stored one says is the stored one: nothing is written for it. */
  private Decision settle(MdevClass mdevClass, Answer answer) {
    return stored(mdevClass)
        .filter(before -> AnswerOfNode.sameButTime(before, answer))
        .<Decision>map(before -> new Decision.Keep(mdevClass, before, Optional.empty()))
        .orElseGet(() -> new Decision.Settle(mdevClass, answer));
  }

  /**
   * The answer to a class at this moment.
   *
   * @param outcomes what its parents said, at least one
   */
  public Answer answer(MdevClass mdevClass, List<ParentOutcome> outcomes) {
    boolean asked = outcomes.stream().anyMatch(outcome -> outcome.time().isPresent());
    return asked
        ? answer(mdevClass)
            .carrying(announcement(mdevClass).filter(a -> isUnderWay(mdevClass)))
            .of(outcomes)
        : unasked(mdevClass).of(outcomes);
  }

  /** The maker of answers that come without a question: one of an earlier boot stays suspected. */
  private AnswerOfNode unasked(MdevClass mdevClass) {
    return answer(mdevClass)
        .carrying(announcement(mdevClass).filter(a -> isUnderWay(mdevClass) || !a.isOf(boot)));
  }

  private Optional<Announcement> announcement(MdevClass mdevClass) {
    return stored(mdevClass).flatMap(Announcement::of);
  }

  private boolean isUnderWay(MdevClass mdevClass) {
    return known.outcomes().isPending(mdevClass.digest());
  }

  private AnswerOfNode answer(MdevClass mdevClass) {
    return new AnswerOfNode(
        mdevClass,
        inventory.revision(mdevClass.type()),
        terms.askAgain(),
        stored(mdevClass),
        terms.now());
  }

  private Optional<Answer> stored(MdevClass mdevClass) {
    return known.answer(mdevClass.digest());
  }
}
