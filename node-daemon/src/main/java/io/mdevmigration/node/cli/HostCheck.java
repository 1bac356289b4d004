package io.mdevmigration.node.cli;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.check.AnswerOfNode;
import io.mdevmigration.node.check.Outcome;
import io.mdevmigration.node.check.ParentOutcome;
import io.mdevmigration.node.inventory.Offer;
import io.mdevmigration.node.posix.Errno;
import io.mdevmigration.node.selfcheck.Finding;
import io.mdevmigration.node.sysfs.ScannedParent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Asks a host's drivers about one class. */
final class HostCheck {
  private final Host host;
  private final MdevClass mdevClass;
  private final Optional<String> onlyParent;

  HostCheck(Host host, MdevClass mdevClass, Optional<String> onlyParent) {
    this.host = host;
    this.mdevClass = mdevClass;
    this.onlyParent = onlyParent;
  }

  /** Asks, and says what came of it. */
  CheckView run() {
    List<Offer> offers =
        host.inventory().offersOf(mdevClass.type()).stream()
            .filter(offer -> onlyParent.isEmpty() || onlyParent.equals(Optional.of(offer.parent())))
            .toList();
    List<ParentOutcome> outcomes = new ArrayList<>();
    // All of them, whatever the first ones say: who asks by hand wants to know about each.
    for (Offer offer : offers) {
      outcomes.add(new ParentOutcome(offer.parent(), ask(offer), Optional.empty()));
    }
    return view(outcomes, answer(outcomes));
  }

  private Answer answer(List<ParentOutcome> outcomes) {
    AnswerOfNode answer =
        new AnswerOfNode(
            mdevClass, Optional.empty(), Optional.empty(), Optional.empty(), Instant.EPOCH);
    if (!outcomes.isEmpty()) {
      return answer.of(outcomes);
    }
    return host.isComplete()
        ? answer.of(Verdict.UNSUPPORTED, Reason.TYPE_NOT_OFFERED, OptionalInt.empty())
        : answer.of(Verdict.UNKNOWN, Reason.READ_FAILED, OptionalInt.empty());
  }

  private Outcome ask(Offer offer) {
    if (offer.target() instanceof Offer.Settled settled) {
      return new Outcome(Verdict.UNSUPPORTED, settled.reason(), settled.errno());
    }
    if (offer.target() instanceof Offer.Unread unread) {
      Reason reason =
          unread.problem().is(Reason.DRIVER_UNRESPONSIVE)
              ? Reason.DRIVER_UNRESPONSIVE
              : Reason.READ_FAILED;
      Integer errno = unread.problem().errno();
      return errno == null
          ? Outcome.of(Verdict.UNKNOWN, reason)
          : Outcome.of(Verdict.UNKNOWN, reason, errno);
    }
    return host.asker().ask(offer, mdevClass).outcome();
  }

  private CheckView view(List<ParentOutcome> outcomes, Answer answer) {
    return new CheckView(
        mdevClass.type(),
        mdevClass.version(),
        mdevClass.digest(),
        mdevClass.labelKey(),
        answer.verdict(),
        answer.reason(),
        answer.errno(),
        answer.errnoName(),
        outcomes.stream().map(this::parentAnswer).toList(),
        outcomes.isEmpty() ? offeredTypes() : null,
        notes(outcomes));
  }

  private List<String> notes(List<ParentOutcome> outcomes) {
    boolean misconfigured =
        outcomes.stream().anyMatch(o -> o.outcome().reason() == Reason.AGENT_MISCONFIGURED);
    return misconfigured
        ? Stream.concat(host.notes().stream(), host.findings().stream().map(Finding::message))
            .toList()
        : host.notes();
  }

  private CheckView.ParentAnswer parentAnswer(ParentOutcome parent) {
    Outcome outcome = parent.outcome();
    boolean numbered = outcome.errno().isPresent();
    return new CheckView.ParentAnswer(
        parent.parent(),
        outcome.verdict(),
        outcome.reason().toString(),
        numbered ? outcome.errno().getAsInt() : null,
        numbered ? Errno.name(outcome.errno().getAsInt()) : null,
        free(parent.parent()));
  }

  private String free(String parent) {
    return parents()
        .filter(p -> p.name().equals(parent))
        .flatMap(p -> p.types().stream().map(t -> TypeView.of(p, t, host.inventory().published())))
        .filter(type -> type.type().equals(mdevClass.type()))
        .findFirst()
        .map(TypeView::availableInstances)
        .orElse(null);
  }

  private List<String> offeredTypes() {
    return parents()
        .filter(p -> onlyParent.isEmpty() || onlyParent.equals(Optional.of(p.name())))
        .flatMap(p -> p.types().stream())
        .map(type -> type.type())
        .distinct()
        .sorted()
        .toList();
  }

  private Stream<ScannedParent> parents() {
    return host.scan().parents().stream();
  }
}
