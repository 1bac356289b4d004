package io.mdevmigration.e2e.bench.micro;

import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks of this package by JMH and shows one line for each. */
public final class Microbenchmarks {
  /** What {@link GCProfiler} calls the bytes that one call allocates. */
  private static final String BYTES = "gc.alloc.rate.norm";

  private Microbenchmarks() {}

  /**
   * Runs those whose names match, or all of them.
   *
   * @param args JMH's own, of which {@code -h} shows all
   */
  public static void main(String[] args) throws IOException, RunnerException {
    try {
      run(new CommandLineOptions(args));
    } catch (CommandLineOptionException e) {
      refuse(e.getMessage() + "; -h shows JMH's options");
    } catch (NoBenchmarksException e) {
      refuse("no benchmark has such a name; -l lists them");
    }
  }

  private static void run(CommandLineOptions given) throws IOException, RunnerException {
    Runner runner =
        new Runner(
            new OptionsBuilder()
                .parent(given)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .build());
    if (given.shouldHelp()) {
      given.showHelp();
    } else if (given.shouldList()) {
      runner.list();
    } else {
      show(runner.run());
    }
  }

  private static void show(Collection<RunResult> results) {
    String line = "%-20s %-40s %14s %12s %14s%n";
    System.out.printf("%n" + line, "benchmark", "of", "us each", "+-", "bytes each");
    for (RunResult result : results) {
      Result<?> time = result.getPrimaryResult();
      System.out.printf(
          Locale.ROOT,
          line,
          time.getLabel(),
          size(result.getParams()),
          micros(time.getScore()),
          micros(time.getScoreError()),
          String.format(Locale.ROOT, "%,.0f", result.getSecondaryResults().get(BYTES).getScore()));
    }
  }

  /** JMH gives no error for fewer than three iterations. */
  private static String micros(double micros) {
    return Double.isNaN(micros) ? "" : String.format(Locale.ROOT, "%,.2f", micros);
  }

  private static String size(BenchmarkParams params) {
    return params.getParamsKeys().stream()
        .map(key -> key + "=" + params.getParam(key))
        .collect(Collectors.joining(" "));
  }

  private static void refuse(String why) {
    System.err.println("e2e/bench --micro: " + why);
    System.exit(1);
  }
}
