package io.mdevmigration.e2e.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A few changes of e2e/change. */
final class ChangesIT {
  @Test
  void theLastLineSaysHowManyChangesWereMeasuredAndHowLongTheyTook() {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream console = System.out;
    int exit;
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      exit = new CommandLine(new Changes()).execute("--changes=4", "--nodes=2", "--seed=1");
    } finally {
      System.setOut(console);
    }
    String output = written.toString(StandardCharsets.UTF_8);
    System.out.print(output);
    assertThat(exit).isZero();
    assertThat(output.lines().reduce((before, line) -> line).orElseThrow())
        .matches("4 changes, p50 [0-9]+ ms, p99 [0-9]+ ms");
  }
}
