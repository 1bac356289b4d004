package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AnswerOfNodePropertiesTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final MdevClass CLASS = new MdevClass("i915-1", "v1");

  @Provide
  Arbitrary<List<Outcome>> outcomes() {
    return Arbitraries.of(
            Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED),
            Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, 22),
            Outcome.of(Verdict.INCOMPATIBLE, Reason.REFUSED, 121),
            Outcome.of(Verdict.UNSUPPORTED, Reason.NOT_SUPPORTED, 19),
            Outcome.of(Verdict.UNSUPPORTED, Reason.NO_VERSION_ATTRIBUTE),
            Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, 16),
            Outcome.of(Verdict.UNKNOWN, Reason.DRIVER_UNRESPONSIVE))
        .list()
        .ofMinSize(1)
        .ofMaxSize(20);
  }

  @Property
  void theWorstParentIsTheNodesAnswer(@ForAll("outcomes") List<Outcome> outcomes) {
    Answer answer = answer(outcomes);
    Verdict expected =
        any(outcomes, Verdict.INCOMPATIBLE)
            ? Verdict.INCOMPATIBLE
            : any(outcomes, Verdict.UNSUPPORTED)
                ? Verdict.UNSUPPORTED
                : any(outcomes, Verdict.UNKNOWN) ? Verdict.UNKNOWN : Verdict.COMPATIBLE;
    assertThat(answer.verdict()).isEqualTo(expected);
  }

  @Property
  void countsAreExactAndNamesAreBounded(@ForAll("outcomes") List<Outcome> outcomes) {
    Answer answer = answer(outcomes);
    assertThat(answer.parents().refused()).isEqualTo((int) count(outcomes, Verdict.INCOMPATIBLE));
    assertThat(answer.parents().accepted()).isEqualTo((int) count(outcomes, Verdict.COMPATIBLE));
    assertThat(answer.parents().unsupported())
        .isEqualTo((int) count(outcomes, Verdict.UNSUPPORTED));
    assertThat(answer.parents().unknown()).isEqualTo((int) count(outcomes, Verdict.UNKNOWN));
    assertThat(answer.refusedBy()).hasSize(Math.min(8, answer.parents().refused())).isSorted();
  }

  @Property
  void theOrderOfTheParentsChangesNothing(
      @ForAll("outcomes") List<Outcome> outcomes, @ForAll Random random) {
    List<ParentOutcome> parents = parents(outcomes);
    List<ParentOutcome> shuffled = new ArrayList<>(parents);
    Collections.shuffle(shuffled, random);
    assertThat(maker(Optional.empty()).of(shuffled)).isEqualTo(maker(Optional.empty()).of(parents));
  }

  @Example
  void fiveTransientAnswersInARowAreExhausted() {
    Optional<Answer> stored = Optional.empty();
    List<ParentOutcome> busy = parents(List.of(Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, 16)));
    for (int attempt = 1; attempt <= 5; attempt++) {
      Answer answer = maker(stored).of(busy);
      assertThat(answer.attempts()).isEqualTo(attempt);
      assertThat(answer.reason()).isEqualTo(attempt < 5 ? "Transient" : "Exhausted");
      assertThat(answer.errnoName()).isEqualTo("EBUSY");
      stored = Optional.of(answer);
    }
    assertThat(maker(stored).of(busy).attempts()).as("a recheck begins anew").isEqualTo(1);
  }

  @Example
  void anUnknownAnswerCarriesTheLastDefiniteOne() {
    Answer accepted = answer(List.of(Outcome.of(Verdict.COMPATIBLE, Reason.ACCEPTED)));
    assertThat(accepted.lastDefinite()).isNull();
    List<ParentOutcome> busy = parents(List.of(Outcome.of(Verdict.UNKNOWN, Reason.TRANSIENT, 16)));
    Answer once = maker(Optional.of(accepted)).of(busy);
    Answer twice = maker(Optional.of(once)).of(busy);
    assertThat(once.lastDefinite()).isEqualTo(accepted.definite().orElseThrow());
    assertThat(twice.lastDefinite()).isEqualTo(once.lastDefinite());
  }

  private static Answer answer(List<Outcome> outcomes) {
    return maker(Optional.empty()).of(parents(outcomes));
  }

  private static AnswerOfNode maker(Optional<Answer> stored) {
    return new AnswerOfNode(
        CLASS, Optional.of("0123456789abcdef0123"), Optional.empty(), stored, NOW);
  }

  private static List<ParentOutcome> parents(List<Outcome> outcomes) {
    List<ParentOutcome> parents = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      parents.add(
          new ParentOutcome("parent-%02d".formatted(parents.size()), outcome, Optional.of(NOW)));
    }
    return parents;
  }

  private static boolean any(List<Outcome> outcomes, Verdict verdict) {
    return count(outcomes, verdict) > 0;
  }

  private static long count(List<Outcome> outcomes, Verdict verdict) {
    return outcomes.stream().filter(outcome -> outcome.verdict() == verdict).count();
  }
}
