package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.node.inventory.Offer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What each parent said about each class, so that a parent that comes or goes costs no question to
 * the others. Only a cache: without it the same questions are asked again. After a restart it is
 * filled from the stored answers, as far as these tell what each parent said. Not thread-safe.
 */
public final class OutcomeMemory {
  private static final int OTHERS_MAX = Api.CHECKS_MAX;

  /** In the order in which the classes were first asked about. */
  private final Map<String, Map<String, Remembered>> byDigest = new LinkedHashMap<>();

  private final Map<String, Set<String>> pending = new HashMap<>();

  /**
   * An outcome, and what it holds for.
   *
   * @param key the attribute that was asked, see {@link Offer.Askable#key()}
   * @param outcome what it said
   * @param time when
   * @param askAgain hash of spec.askAgain at that time
   */
  public record Remembered(String key, Outcome outcome, Instant time, Optional<String> askAgain) {
    public Remembered {
      requireNonNull(key, "key");
      requireNonNull(outcome, "outcome");
      requireNonNull(time, "time");
      requireNonNull(askAgain, "askAgain");
    }
  }

  /** What a parent said about a class. */
  public Optional<Remembered> of(String digest, String parent) {
    return Optional.ofNullable(byDigest.getOrDefault(digest, Map.of()).get(parent));
  }

  /** Whether a parent has been asked about a class and the call has not returned. */
  public boolean isPending(String digest, String parent) {
    return pending.getOrDefault(digest, Set.of()).contains(parent);
  }

  /** Whether any parent has been asked about a class and the call has not returned. */
  boolean isPending(String digest) {
    return pending.containsKey(digest);
  }

  /** Keeps what a parent said, if it said something definite; its call is no longer pending. */
  public void put(String digest, String parent, Remembered remembered) {
    done(digest, parent);
    if (remembered.outcome().verdict().isDefinite()) {
      byDigest.computeIfAbsent(digest, d -> new HashMap<>()).put(parent, remembered);
    }
  }

  /** Notes that a call has not returned yet. */
  public void await(String digest, String parent) {
    pending.computeIfAbsent(digest, d -> new HashSet<>()).add(parent);
  }

  private void done(String digest, String parent) {
    pending.computeIfPresent(
        digest,
        (d, parents) -> {
          parents.remove(parent);
          return parents.isEmpty() ? null : parents;
        });
  }

  /**
   * Forgets classes that are not asked about any more, but for the last few: a check that is taken
   * away and put back, with its whole object perhaps, asks nothing again.
   *
   * @param digests the classes that are asked about
   */
  public void retain(Set<String> digests) {
    List<String> others =
        byDigest.keySet().stream().filter(digest -> !digests.contains(digest)).toList();
    others.subList(0, Math.max(0, others.size() - OTHERS_MAX)).forEach(byDigest::remove);
  }

  /**
   * Takes over what a stored answer tells about single parents. To be called only while the answer
   * was given under the revision that the offers have.
   *
   * @param answer a definite answer
   * @param offers the parents that offer its type, all readable
   */
  public void seed(Answer answer, List<Offer> offers) {
    if (byDigest.containsKey(answer.digest()) || answer.parents() == null) {
      return;
    }
    Instant time = Instant.parse(answer.time());
    Optional<String> askAgain = Optional.ofNullable(answer.askAgain());
    for (Offer offer : offers) {
      if (offer.target() instanceof Offer.Askable askable) {
        said(answer, offers, offer.parent())
            .ifPresent(
                outcome ->
                    put(
                        answer.digest(),
                        offer.parent(),
                        new Remembered(askable.key(), outcome, time, askAgain)));
      }
    }
  }

  private static Optional<Outcome> said(Answer answer, List<Offer> offers, String parent) {
    if (answer.refusedBy().contains(parent)) {
      OptionalInt errno =
          answer.errno() == null ? OptionalInt.empty() : OptionalInt.of(answer.errno());
      return Optional.of(new Outcome(Verdict.INCOMPATIBLE, Reason.REFUSED, errno));
    }
    long settled = offers.stream().filter(o -> o.target() instanceof Offer.Settled).count();
    boolean allRefusalsNamed = answer.parents().refused() == answer.refusedBy().size();
    boolean restAccepted =
        answer.parents().accepted() + answer.parents().refused() + settled == offers.size();
    return allRefusalsNamed && restAccepted
        ? Optional.of(Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED))
        : Optional.empty();
  }
}
