package io.mdevmigration.e2e.chaos;

import io.mdevmigration.e2e.chaos.Run.Result;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Random schedules on random fleets, and promises that hold all the same. */
@Command(
    name = "e2e/chaos",
    mixinStandardHelpOptions = true,
    description = {
      "Plays random schedules on small random fleets against a real API server: driver reloads,",
      "reboots, edits by hand, SIGKILL of every part, and faults on the way of each part to the",
      "API server. Compares labels and patches with a model of the fleet.",
      "The last line is 'N runs, M violations'; the exit status is 0 only if M is 0."
    })
public final class Chaos implements Callable<Integer> {
  @Option(names = "--runs", defaultValue = "10", description = "How many (${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--seed",
      description = "Of the first run; each further one adds 1. Random if not given.")
  private Long seed;

  @Option(
      names = "--mutate",
      paramLabel = "MISTAKE",
      defaultValue = "NONE",
      description =
          "Run an operator whose label table has one mistake, to see that it is noticed:"
              + " ${COMPLETION-CANDIDATES}.")
  private Mutation mutation;

  @Option(names = "--verbose", description = "Print the schedule of each run.")
  private boolean verbose;

  /** The program. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Chaos()).execute(args));
  }

  @Override
  public Integer call() {
    long first = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000_000) : seed;
    int violations = 0;
    try (Cluster cluster = Cluster.on(ControlPlane.start(new Options().withoutAudit()))) {
      for (int i = 0; i < runs; i++) {
        violations += run(cluster, first + i);
      }
    }
    System.out.printf("%d runs, %d violations%n", runs, violations);
    return violations == 0 ? 0 : 1;
  }

  private int run(Cluster cluster, long runSeed) {
    Schedule schedule = Schedule.of(runSeed);
    if (verbose) {
      print(schedule);
    }
    Result result = Run.play(cluster, schedule, mutation.table(), patience());
    System.out.println(result.line());
    if (!result.violations().isEmpty()) {
      if (!verbose) {
        print(schedule);
      }
      result.violations().forEach(System.out::println);
      System.out.printf(
          "again: e2e/chaos --runs 1 --seed %d%s%n",
          runSeed, mutation == Mutation.NONE ? "" : " --mutate " + mutation);
      System.out.printf("more: %s%n", Evidence.file(runSeed));
    }
    return result.violations().size();
  }

  /** Labels that a mistake made wrong stay wrong: no use in waiting. */
  private Duration patience() {
    return mutation == Mutation.NONE ? Run.PATIENCE : Mutation.PATIENCE;
  }

  private static void print(Schedule schedule) {
    System.out.printf("seed %d, %s%n", schedule.seed(), schedule.shape());
    schedule.opening().forEach(step -> System.out.println("  opening " + step));
    schedule.storm().forEach(step -> System.out.println("  storm " + step));
    schedule.calm().forEach(step -> System.out.println("  calm " + step));
    schedule.coda().forEach(step -> System.out.println("  coda " + step));
  }
}
