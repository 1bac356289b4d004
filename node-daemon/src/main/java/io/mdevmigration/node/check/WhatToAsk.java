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
 * or whose version has changed.
 */
public final class WhatToAsk {
  /** Refusals of one class after which the other parents are not asked: each costs a log line. */
  public static final int REFUSALS_OF_A_CLASS = 8;

  private final NodeInventory inventory;
  private final Map<String, Answer> stored;
  private final OutcomeMemory memory;
  private final Terms terms;

  /**
   * A decision at one moment.
   *
   * @param stored the answers that the node has, by digest
   * @param memory what is known of single parents
   */
  public WhatToAsk(
      NodeInventory inventory, Map<String, Answer> stored, OutcomeMemory memory, Terms terms) {
    this.inventory = requireNonNull(inventory, "inventory");
    this.stored = Map.copyOf(stored);
    this.memory = requireNonNull(memory, "memory");
    this.terms = requireNonNull(terms, "terms");
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
    return stored.containsKey(digest) && !stored.get(digest).is(Reason.TOO_MANY_CLASSES);
  }

  private Decision decide(Check check) {
    MdevClass mdevClass = check.mdevClass();
    List<Offer> offers = inventory.offersOf(check.type());
    if (offers.isEmpty()) {
      return inventory.published().complete()
          ? settle(mdevClass, Verdict.UNSUPPORTED, Reason.TYPE_NOT_OFFERED)
          : settle(mdevClass, Verdict.UNKNOWN, Reason.READ_FAILED);
    }
    if (check.driver() != null
        && !offers.stream().allMatch(o -> o.driver().identity().equals(check.driver()))) {
      return settle(mdevClass, Verdict.UNKNOWN, Reason.OTHER_DRIVER);
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
    return ask(mdevClass, offers);
  }

  private Decision unread(MdevClass mdevClass, Offer.Unread unread, Optional<Answer> held) {
    if (held.isPresent()) {
      return new Decision.Keep(mdevClass, held.orElseThrow(), Optional.empty());
    }
    Integer errno = unread.problem().errno();
    return settle(
        mdevClass,
        answer(mdevClass)
            .of(
                Verdict.UNKNOWN,
                unread.problem().is(Reason.DRIVER_UNRESPONSIVE)
                    ? Reason.DRIVER_UNRESPONSIVE
                    : Reason.READ_FAILED,
                errno == null ? OptionalInt.empty() : OptionalInt.of(errno)));
  }

  private Decision ask(MdevClass mdevClass, List<Offer> offers) {
    List<ParentOutcome> known = new ArrayList<>();
    List<Offer> toAsk = new ArrayList<>();
    for (Offer offer : offers) {
      Optional<ParentOutcome> outcome = known(mdevClass.digest(), offer);
      outcome.ifPresentOrElse(known::add, () -> toAsk.add(offer));
    }
    long refusals =
        known.stream().filter(k -> k.outcome().verdict() == Verdict.INCOMPATIBLE).count();
    return toAsk.isEmpty() || refusals >= REFUSALS_OF_A_CLASS
        ? settle(mdevClass, answer(mdevClass).of(known))
        : new Decision.Ask(mdevClass, known, toAsk);
  }

  private Optional<ParentOutcome> known(String digest, Offer offer) {
    if (offer.target() instanceof Offer.Settled settled) {
      return Optional.of(
          new ParentOutcome(
              offer.parent(),
              new Outcome(Verdict.UNSUPPORTED, settled.reason(), settled.errno()),
              Optional.empty()));
    }
    if (memory.isPending(digest, offer.parent())) {
      return Optional.of(
          new ParentOutcome(
              offer.parent(),
              Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE),
              Optional.empty()));
    }
    return memory
        .of(digest, offer.parent())
        .filter(r -> offer.target() instanceof Offer.Askable a && a.key().equals(r.key()))
        .filter(r -> r.askAgain().equals(terms.askAgain()))
        .filter(r -> terms.isFresh(digest, r.outcome(), r.time()))
        .map(r -> new ParentOutcome(offer.parent(), r.outcome(), Optional.of(r.time())));
  }

  private Decision settle(MdevClass mdevClass, Verdict verdict, Reason reason) {
    return settle(mdevClass, answer(mdevClass).of(verdict, reason, OptionalInt.empty()));
  }

  /** An answer that says what the stored one says is the stored one: nothing is written for it. */
  private Decision settle(MdevClass mdevClass, Answer answer) {
    return stored(mdevClass)
        .filter(before -> AnswerOfNode.sameButTime(before, answer))
        .<Decision>map(before -> new Decision.Keep(mdevClass, before, Optional.empty()))
        .orElseGet(() -> new Decision.Settle(mdevClass, answer));
  }

  /** The maker of the answer to a class at this moment. */
  public AnswerOfNode answer(MdevClass mdevClass) {
    return new AnswerOfNode(
        mdevClass,
        inventory.revision(mdevClass.type()),
        terms.askAgain(),
        stored(mdevClass),
        terms.now());
  }

  private Optional<Answer> stored(MdevClass mdevClass) {
    return Optional.ofNullable(stored.get(mdevClass.digest()));
  }
}
