package io.mdevmigration.operator.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.mdevmigration.operator.label.LabelCases.LabelCase;
import io.mdevmigration.operator.label.LabelMutants.Mutant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A table that is wrong in one thing is noticed by some case. */
class LabelTableMutationTest {

  private static final Path REPORT = Path.of("target", "label-mutants.txt");

  @Test
  void everyMutantIsCaughtByACaseOrIsNamedWithTheReasonWhyItCannotBe() throws IOException {
    List<String> report = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (Mutant mutant : LabelMutants.all()) {
      Optional<String> caught = caught(mutant.table());
      Optional<String> equivalent =
          Optional.ofNullable(LabelMutants.EQUIVALENT.get(mutant.says()))
              .map(reason -> "equivalent, because " + reason);
      String line = mutant + ": " + caught.or(() -> equivalent).orElse("caught by nothing");
      report.add(line);
      if (caught.isPresent() == equivalent.isPresent()) {
        wrong.add(line);
      }
    }
    Files.write(REPORT, report);
    System.out.printf(
        "label table: %d mutants, %d equivalent, %d not caught: %s%n",
        report.size(), LabelMutants.EQUIVALENT.size(), wrong.size(), REPORT);
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyMutantHasAnotherNameAndEveryNameOfAnEquivalentOneIsThere() {
    List<String> names = LabelMutants.all().stream().map(Mutant::says).toList();
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
