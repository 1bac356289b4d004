package io.mdevmigration.node.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.node.check.OutcomeMutants.Mutant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A table that is wrong in one thing is noticed by some case. */
class OutcomeMutationTest {
  private static final Path REPORT = Path.of("target", "outcome-mutants.txt");

  @Test
  void everyMutantIsCaughtByACaseOrIsNamedWithTheReasonWhyItCannotBe() throws IOException {
    List<String> report = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (Mutant mutant : OutcomeMutants.all()) {
      Optional<String> caught = caught(mutant.table());
      Optional<String> equivalent =
          Optional.ofNullable(OutcomeMutants.EQUIVALENT.get(mutant.says()))
              .map(reason -> "equivalent, because " + reason);
      String line = mutant + ": " + caught.or(() -> equivalent).orElse("caught by nothing");
      report.add(line);
      if (caught.isPresent() == equivalent.isPresent()) {
        wrong.add(line);
      }
    }
    Files.write(REPORT, report);
    System.out.printf(
        "table of outcomes: %d mutants, %d equivalent, %d not caught: %s%n",
        report.size(), OutcomeMutants.EQUIVALENT.size(), wrong.size(), REPORT);
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyMutantHasAnotherNameAndEveryNameOfAnEquivalentOneIsThere() {
    List<String> names = OutcomeMutants.all().stream().map(Mutant::says).toList();
    assertThat(names).doesNotHaveDuplicates().containsAll(OutcomeMutants.EQUIVALENT.keySet());
  }

  @Test
  void theTableOfTheDesignIsCaughtByNoCase() {
    assertThat(caught(OutcomeTable.DESIGN)).isEmpty();
  }

  private static Optional<String> caught(OutcomeTable table) {
    return OutcomeCases.all().stream()
        .filter(c -> !Optional.of(c.outcome()).equals(outcome(table, c.attempt())))
        .findFirst()
        .map(
            c ->
                c
                    + " became "
                    + outcome(table, c.attempt()).map(Outcome::toString).orElse("an error"));
  }

  /** Empty if no row matches. */
  private static Optional<Outcome> outcome(OutcomeTable table, Attempt attempt) {
    try {
      return Optional.of(table.of(attempt));
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }
}
