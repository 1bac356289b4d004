package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.AnswerOfNode;
import io.mdevmigration.node.check.Asker;
import io.mdevmigration.node.check.BootMemory;
import io.mdevmigration.node.check.Decision;
import io.mdevmigration.node.check.Known;
import io.mdevmigration.node.check.Outcome;
import io.mdevmigration.node.check.OutcomeMemory;
import io.mdevmigration.node.check.ParentOutcome;
import io.mdevmigration.node.check.RecheckPeriods;
import io.mdevmigration.node.check.RefusalLimit;
import io.mdevmigration.node.check.Terms;
import io.mdevmigration.node.check.WhatToAsk;
import io.mdevmigration.node.inventory.Hash;
import io.mdevmigration.node.inventory.NodeInventory;
import io.mdevmigration.node.inventory.Offer;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.inventory.Steadiness;
import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.selfcheck.Evidence;
import io.mdevmigration.node.selfcheck.Finding;
import io.mdevmigration.node.selfcheck.SelfCheck;
import io.mdevmigration.node.selfcheck.Surroundings;
import io.mdevmigration.node.sysfs.MdevTree;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.ScanScope;
import io.mdevmigration.telemetry.About;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the daemon knows of its node, and the work on it: scan, ask, put the status together. Knows
 * nothing of the API server. One thread at a time; only late outcomes come from others.
 */
final class NodeWork {
  private static final Logger LOG = LoggerFactory.getLogger(NodeWork.class);

  /** Asking pauses after this time, so that answers are published while slow drivers think. */
  private static final Duration ASKING = Duration.ofSeconds(2);

  private static final int ASK_AGAIN_HEX_DIGITS = 8;

  private final MdevTree tree;
  private final Asker asker;
  private final Surroundings surroundings;
  private final Deadline deadline;
  private final String nodeName;
  private final Clock clock;
  private final Runnable wake;
  private final DaemonMetrics metrics;
  private final Steadiness steadiness = new Steadiness();
  private final OutcomeMemory memory = new OutcomeMemory();
  private final BootMemory boots = new BootMemory();
  private final RefusalLimit refusals = new RefusalLimit();
  private final Queue<Late> late = new ConcurrentLinkedQueue<>();

  private Optional<Scan> scan = Optional.empty();
  private Optional<Path> attribute = Optional.empty();
  private List<Finding> findings = List.of();
  private Optional<NodeInventory> inventory = Optional.empty();
  private Map<String, Answer> answers = new LinkedHashMap<>();
  private Optional<Instant> driverReturned = Optional.empty();

  /**
   * The work on one node.
   *
   * @param wake run, on any thread, when an overdue question was answered
   * @param metrics where it is counted
   */
  NodeWork(
      MdevTree tree,
      Asker asker,
      Surroundings surroundings,
      Deadline deadline,
      String nodeName,
      Clock clock,
      Runnable wake,
      DaemonMetrics metrics) {
    this.tree = requireNonNull(tree, "tree");
    this.asker = requireNonNull(asker, "asker");
    this.surroundings = requireNonNull(surroundings, "surroundings");
    this.deadline = requireNonNull(deadline, "deadline");
    this.nodeName = requireNonNull(nodeName, "nodeName");
    this.clock = requireNonNull(clock, "clock");
    this.wake = requireNonNull(wake, "wake");
    this.metrics = requireNonNull(metrics, "metrics");
  }

  /**
   * How far answering came.
   *
   * @param due when something is due again
   * @param more whether questions are left that are due now
   * @param rescan whether an attribute went away, so that the tree has to be read again
   */
  record Progress(Optional<Instant> due, boolean more, boolean rescan) {}

  /** A question that was answered after its deadline. */
  private record Late(
      String digest, String parent, String key, Optional<String> askAgain, Outcome outcome) {}

  /** Takes over what is stored: at the start only, because from then on memory knows more. */
  void trust(MdevNodeStateStatus stored) {
    List<Answer> readable = stored.answers().stream().filter(AnswerOfNode::isReadable).toList();
    readable.forEach(answer -> answers.putIfAbsent(answer.digest(), answer));
    Optional.ofNullable(stored.inventory())
        .ifPresent(published -> boots.learn(published, readable));
  }

  /**
   * Reads the mdev tree.
   *
   * @param stored the status as it is stored, for what can no longer be read
   * @return whether it is worth another look soon
   */
  boolean scan(Optional<MdevNodeStateStatus> stored) {
    Optional<Inventory> before =
        inventory
            .map(NodeInventory::published)
            .or(() -> stored.map(MdevNodeStateStatus::inventory));
    long begun = System.nanoTime();
    Scan now = tree.scan(ScanScope.INVENTORY, steadiness);
    metrics.scanned(Duration.ofNanos(System.nanoTime() - begun));
    steadiness.observe(now, before);
    inventory = Optional.of(Publication.of(now, before, steadiness));
    scan = Optional.of(now.withoutParents());
    attribute = now.writableAttribute();
    return now.vanished();
  }

  /**
   * Answers what is due of the checks. Needs a scan before.
   *
   * @param stored the status as it is stored: a question that has to be announced is asked when its
   *     announcement is found there
   * @param permission whether anything may be asked
   */
  Progress answer(
      MdevNodeStateSpec spec, Optional<MdevNodeStateStatus> stored, Permission permission) {
    Map<String, Answer> confirmed =
        stored.stream()
            .flatMap(status -> status.answers().stream())
            .filter(AnswerOfNode::isReadable)
            .collect(Collectors.toMap(Answer::digest, answer -> answer, (a, b) -> a));
    Optional<String> askAgain =
        Optional.ofNullable(spec.askAgain()).map(text -> Hash.ofText(ASK_AGAIN_HEX_DIGITS, text));
    takeLate();
    Round round = new Round(whatToAsk(spec, askAgain, confirmed), askAgain);
    List<Decision> decisions = permitted(round.what, spec, permission);
    decisions.forEach(this::seed);
    answers = round.follow(decisions);
    memory.retain(answers.keySet());
    boots.learn(inventory.orElseThrow().published(), answers.values());
    // Decided once more, because what was just asked has a time of its own to be asked again.
    Optional<Instant> due =
        whatToAsk(spec, askAgain, confirmed).decide(spec.checks()).stream()
            .flatMap(d -> d instanceof Decision.Keep keep ? keep.due().stream() : null)
            .min(Instant::compareTo);
    return new Progress(due, round.more, round.rescan);
  }

  private List<Decision> permitted(WhatToAsk what, MdevNodeStateSpec spec, Permission permission) {
    List<Decision> decisions = what.decide(spec.checks());
    return permission instanceof Permission.Withheld
        ? decisions.stream()
            .map(d -> WithheldQuestion.instead(d, what, answer(d.mdevClass().digest())))
            .toList()
        : decisions;
  }

  private Optional<Answer> answer(String digest) {
    return Optional.ofNullable(answers.get(digest));
  }

  /** The status to be stored now. Needs a scan before. */
  MdevNodeStateStatus status(Optional<MdevNodeStateStatus> stored, Permission permission) {
    Instant now = clock.instant();
    List<Answer> all = List.copyOf(answers.values());
    Optional<Condition> before =
        stored.stream()
            .flatMap(status -> status.conditions().stream())
            .filter(condition -> ReadyCondition.TYPE.equals(condition.getType()))
            .findFirst();
    NodeInventory current = inventory.orElseThrow();
    Condition ready =
        ReadyCondition.of(
            scan.orElseThrow(),
            evidence(),
            current.published(),
            all,
            deadline.stuck(),
            permission,
            before,
            now);
    return StatusDraft.of(current.published(), all, ready, stored, now);
  }

  /** Looked at whenever a status is put together: what was wrong may be no more. */
  private Evidence evidence() {
    Evidence evidence = surroundings.evidence(attribute);
    List<Finding> now = SelfCheck.findings(evidence);
    if (!now.equals(findings)) {
      now.forEach(finding -> LOG.warn("node={} {}", nodeName, finding.message()));
      if (now.isEmpty()) {
        LOG.info("node={} nothing keeps this process from asking any more", nodeName);
      }
      findings = now;
    }
    return evidence;
  }

  private WhatToAsk whatToAsk(
      MdevNodeStateSpec spec, Optional<String> askAgain, Map<String, Answer> confirmed) {
    Terms terms =
        new Terms(
            clock.instant(),
            RecheckPeriods.of(Optional.ofNullable(spec.recheck())),
            digest -> Jitter.of(nodeName, digest),
            askAgain,
            driverReturned,
            refusals.throttledUntil(clock.instant()));
    return new WhatToAsk(
        inventory.orElseThrow(), new Known(answers, confirmed, memory, boots), terms);
  }

  private void takeLate() {
    for (Late done = late.poll(); done != null; done = late.poll()) {
      Instant now = seconds();
      memory.put(
          done.digest(),
          done.parent(),
          new OutcomeMemory.Remembered(done.key(), done.outcome(), now, done.askAgain()));
      driverReturned = Optional.of(now);
    }
  }

  /** Notes that an overdue read has returned, so that what waits for the driver is asked. */
  void driverReturned() {
    driverReturned = Optional.of(seconds());
  }

  private Optional<String> bootID() {
    return inventory.map(NodeInventory::published).map(Inventory::bootID);
  }

  private Instant seconds() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private void seed(Decision decision) {
    if (decision instanceof Decision.Keep keep
        && keep.due().isPresent()
        && keep.answer().verdict().isDefinite()) {
      memory.seed(keep.answer(), inventory.orElseThrow().offersOf(keep.mdevClass().type()));
    }
  }

  /** Following the decisions of one moment. */
  private final class Round {
    private final WhatToAsk what;
    private final Optional<String> askAgain;
    private final Instant end = clock.instant().plus(ASKING);
    private final Map<String, Answer> next = new LinkedHashMap<>();
    private final Map<String, Outcome> misconfigured = new HashMap<>();
    private boolean more;
    private boolean rescan;

    Round(WhatToAsk what, Optional<String> askAgain) {
      this.what = what;
      this.askAgain = askAgain;
    }

    /** Follows decisions; gives the answers that there are then, in the decisions' order. */
    Map<String, Answer> follow(List<Decision> decisions) {
      decisions.stream().filter(decision -> !isTrial(decision)).forEach(this::follow);
      decisions.stream().filter(Round::isTrial).forEach(this::followAlone);
      Map<String, Answer> ordered = new LinkedHashMap<>();
      for (Decision decision : decisions) {
        String digest = decision.mdevClass().digest();
        Optional.ofNullable(next.get(digest)).ifPresent(answer -> ordered.put(digest, answer));
      }
      return ordered;
    }

    private static boolean isTrial(Decision decision) {
      return decision instanceof Decision.Announce announce && announce.trial();
    }

    /** A trial waits while any other question is stored that has not been answered. */
    private void followAlone(Decision trial) {
      if (next.values().stream().noneMatch(answer -> answer.is(Reason.ASKING))) {
        follow(trial);
      } else {
        keep(trial.mdevClass().digest());
      }
    }

    private void keep(String digest) {
      Optional.ofNullable(answers.get(digest)).ifPresent(answer -> next.put(digest, answer));
    }

    private void follow(Decision decision) {
      String digest = decision.mdevClass().digest();
      if (decision instanceof Decision.Keep keep) {
        next.put(digest, keep.answer());
      } else if (decision instanceof Decision.Settle settle) {
        next.put(digest, settle.answer());
      } else if (decision instanceof Decision.Announce announce) {
        // However late it is: what follows the first question of a boot is asked without.
        next.put(digest, announce(announce, Optional.ofNullable(answers.get(digest))));
      } else if (decision instanceof Decision.Ask ask) {
        if (clock.instant().isAfter(end)) {
          more = true;
          keep(digest);
        } else {
          next.put(digest, ask(ask, Optional.ofNullable(answers.get(digest))));
        }
      }
    }

    /** A question that could not be asked is not announced either: it says why at once. */
    private Answer announce(Decision.Announce announce, Optional<Answer> before) {
      MdevClass mdevClass = announce.mdevClass();
      List<ParentOutcome> outcomes = new ArrayList<>(announce.known());
      for (Offer offer : announce.toAsk()) {
        asker
            .obstacle(offer, mdevClass)
            .ifPresent(
                obstacle -> {
                  rescan |= obstacle.reason() == Reason.TARGET_GONE;
                  outcomes.add(new ParentOutcome(offer.parent(), obstacle, Optional.of(seconds())));
                });
      }
      return outcomes.size() == announce.known().size()
          ? announce.asking()
          : unlessSame(before, what.answer(mdevClass, outcomes));
    }

    private Answer ask(Decision.Ask ask, Optional<Answer> before) {
      List<ParentOutcome> outcomes = new ArrayList<>(ask.known());
      boolean written = false;
      for (Offer offer : ask.toAsk()) {
        if (refusals(outcomes) >= WhatToAsk.REFUSALS_OF_A_CLASS) {
          break;
        }
        Asker.Asked asked = ask(offer, ask.mdevClass());
        metrics.asked(asked.outcome(), asked.written());
        written |= asked.written();
        outcomes.add(new ParentOutcome(offer.parent(), asked.outcome(), Optional.of(seconds())));
      }
      Answer answer = what.answer(ask.mdevClass(), outcomes);
      if (!written) {
        return unlessSame(before, answer);
      }
      bootID().ifPresent(boots::begin);
      tell(answer);
      return answer;
    }

    /** A driver has spoken, or was given the question and has not. */
    private void tell(Answer answer) {
      About.node(nodeName)
          .and("class", answer.digest())
          .and("type", answer.type())
          .and("verdict", answer.verdict().toString())
          .and("reason", answer.reason())
          .say(
              () ->
                  LOG.info(
                      "node={} asked about class {} of type {}: {} ({}{})",
                      nodeName,
                      answer.digest(),
                      answer.type(),
                      answer.verdict(),
                      answer.reason(),
                      answer.errnoName() == null ? "" : " " + answer.errnoName()));
    }

    private static Answer unlessSame(Optional<Answer> before, Answer answer) {
      return before.filter(b -> AnswerOfNode.sameButTime(b, answer)).orElse(answer);
    }

    private Asker.Asked ask(Offer offer, MdevClass mdevClass) {
      if (misconfigured.containsKey(offer.parent())) {
        return notAsked(misconfigured.get(offer.parent()));
      }
      if (!refusals.allows(clock.instant())) {
        return notAsked(Outcome.of(Verdict.UNKNOWN, Reason.THROTTLED));
      }
      Asker.Asked asked = asker.ask(offer, mdevClass);
      if (asked.outcome().verdict() == Verdict.INCOMPATIBLE) {
        refusals.refused(clock.instant());
      }
      if (asked.outcome().reason() == Reason.AGENT_MISCONFIGURED) {
        misconfigured.put(offer.parent(), asked.outcome());
      }
      rescan |= asked.outcome().reason() == Reason.TARGET_GONE;
      remember(offer, mdevClass.digest(), asked);
      return asked;
    }

    private void remember(Offer offer, String digest, Asker.Asked asked) {
      if (offer.target() instanceof Offer.Askable target) {
        memory.put(
            digest,
            offer.parent(),
            new OutcomeMemory.Remembered(target.key(), asked.outcome(), seconds(), askAgain));
        asked
            .late()
            .ifPresent(
                future -> {
                  memory.await(digest, offer.parent());
                  var unused =
                      future.whenComplete(
                          (outcome, failure) -> {
                            // A call that fails in an unknown way has returned all the same.
                            Outcome said =
                                failure == null
                                    ? outcome
                                    : Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT);
                            late.add(
                                new Late(digest, offer.parent(), target.key(), askAgain, said));
                            wake.run();
                          });
                });
      }
    }

    private static Asker.Asked notAsked(Outcome outcome) {
      return new Asker.Asked(outcome, false, Optional.empty());
    }

    private static long refusals(List<ParentOutcome> outcomes) {
      return outcomes.stream().filter(o -> o.outcome().verdict() == Verdict.INCOMPATIBLE).count();
    }
  }
}
