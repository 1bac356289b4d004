package io.mdevmigration.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * What e2e/bench counts in a small fleet: writes, questions and bytes are as promised. Never how
 * long something took, which depends on what else the machine does.
 */
final class BenchIT {
  private static final int NODES = 50;

  /** A node that tries a class for the others, and one that takes the trial over. */
  private static final double TRIALS = 8.0 / NODES;

  private static JsonNode figures;

  @BeforeAll
  static void run() throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream console = System.out;
    int exit;
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      exit = new CommandLine(new Bench()).execute("--nodes=" + NODES, "--classes=1", "--changes=4");
    } finally {
      System.setOut(console);
    }
    String output = written.toString(StandardCharsets.UTF_8);
    System.out.print(output);
    assertThat(exit).as("every label was right").isZero();
    figures = new ObjectMapper().readTree(output.lines().reduce((a, line) -> line).orElseThrow());
  }

  @Test
  void aNodeCostsSixWritesFromNothingToItsLabel() {
    assertThat(figure("fromNothingWritesPerNode")).isBetween(5.0, 6 + TRIALS);
  }

  @Test
  void aNodeCostsThreeWritesFromANewQuestionToItsLabel() {
    assertThat(figure("askToLabelWritesPerNode")).isBetween(3.0, 3 + TRIALS);
  }

  @Test
  void nothingIsReadBeforeItIsWritten() {
    assertThat(figure("askToLabelReadsPerNode")).isLessThanOrEqualTo(TRIALS);
    assertThat(figure("fromNothingReadsPerNode"))
        .as("each daemon looks up its object and its Node")
        .isBetween(2.0, 2 + TRIALS);
  }

  @Test
  void everyParentIsAskedEachQuestionOnce() {
    assertThat(figure("fromNothingKernelWritesPerNode")).isEqualTo(figure("parents"));
    assertThat(figure("askToLabelKernelWritesPerNode")).isEqualTo(figure("parents"));
  }

  @Test
  void aChangedDriverCostsTwoWrites() {
    assertThat(figure("changeWrites")).isEqualTo(2);
  }

  @Test
  void restartsWriteNothing() {
    assertThat(figure("restartApiWrites")).isZero();
    assertThat(figure("restartKernelWrites")).isZero();
  }

  @Test
  void aRestartOfTheApiServerWritesNothingAndAsksNoKernel() {
    assertThat(figure("apiServerRestartApiWrites")).isZero();
    assertThat(figure("apiServerRestartKernelWrites")).isZero();
  }

  @Test
  void pausesAndThreadsOfBothProgramsAreSeen() {
    for (String program : List.of("operator", "daemon")) {
      assertThat(figure(program + "GcPauseMaxMs"))
          .as(program)
          .isPositive()
          .isLessThanOrEqualTo(figure(program + "GcPauseTotalMs"));
      assertThat(figure(program + "Threads")).as(program).isGreaterThan(1);
    }
  }

  @Test
  void objectsStaySmall() {
    assertThat(figure("stateBytes")).isBetween(500.0, 4096.0);
    assertThat(figure("compatibilityBytes")).isBetween(500.0, 4096.0);
  }

  @Test
  void theLastLineHasEveryFigureThatABudgetIsAbout() {
    assertThat(figures.fieldNames())
        .toIterable()
        .contains(
            "nodes",
            "floorSeconds",
            "askToLabelSeconds",
            "askToLabelRatio",
            "fromNothingRatio",
            "changeToLabelP99Seconds",
            "restartApiWrites",
            "restartKernelWrites",
            "apiServerRestartSeconds",
            "operatorReadySeconds",
            "operatorPeakRssMiB",
            "daemonPeakRssMiB");
  }

  private static double figure(String name) {
    return figures.path(name).asDouble(Double.NaN);
  }
}
