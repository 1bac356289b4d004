package io.mdevmigration.operator.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.operator.label.LabelCases.LabelCase;
import io.mdevmigration.operator.label.LabelMutants.Mutant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A table that is wrong in one thing is noticed by some case. */
class LabelTableMutationTest {

  static List<Mutant> mutants() {
    return LabelMutants.all();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void aMutantIsCaughtByACaseOrIsNamedWithTheReasonWhyItCannotBe(Mutant mutant) {
    Optional<String> caught = caught(mutant.table());
    Optional<String> equivalent =
        Optional.ofNullable(LabelMutants.EQUIVALENT.get(mutant.says()))
            .map(reason -> "equivalent, because " + reason);
    System.out.printf("%s: %s%n", mutant, caught.or(() -> equivalent).orElse("caught by nothing"));
    assertThat(caught.isPresent()).isNotEqualTo(equivalent.isPresent());
  }

  @Test
  void everyMutantHasAnotherNameAndEveryNameOfAnEquivalentOneIsThere() {
    List<String> names = mutants().stream().map(Mutant::says).toList();
    assertThat(names).doesNotHaveDuplicates().containsAll(LabelMutants.EQUIVALENT.keySet());
  }

  @Test
  void theTableOfTheDesignIsCaughtByNoCase() {
    assertThat(caught(LabelTable.DESIGN)).isEmpty();
  }

  /** The case that tells the table from the design's: by the label if there is one. */
  private static Optional<String> caught(LabelTable table) {
    return LabelCases.all().stream()
        .filter(c -> !effect(table, c).equals(c.row().effect().toString()))
        .findFirst()
        .map(c -> c.row().effect() + " became " + effect(table, c) + " of " + c)
        .or(
            () ->
                LabelCases.all().stream()
                    .filter(c -> !table.row(c.facts()).why().equals(c.row().why()))
                    .findFirst()
                    .map(c -> "the reason is another one of " + c));
  }

  private static String effect(LabelTable table, LabelCase labelCase) {
    try {
      return table.row(labelCase.facts()).effect().toString();
    } catch (IllegalStateException e) {
      return "an error";
    }
  }
}
