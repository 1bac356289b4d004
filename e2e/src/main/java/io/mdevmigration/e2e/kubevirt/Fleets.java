package io.mdevmigration.e2e.kubevirt;

import io.mdevmigration.e2e.kubevirt.FleetRun.Cause;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Migrations on fleets drawn by lot, through KubeVirt's own controllers. */
@Command(
    name = "e2e/kubevirt/fleets",
    mixinStandardHelpOptions = true,
    description = {
      "Draws small fleets of nodes that accept and nodes that refuse a machine's device, and has",
      "the machine migrated: by a user, by a drain, by KubeVirt's workload update, in turn. It has",
      "to end on a node that accepts. The refusing nodes have free devices, and the scheduler likes",
      "them best.",
      "The last line is 'N fleets, M wrong'; the exit status is 0 only if M is 0."
    })
public final class Fleets implements Callable<Integer> {
  private static final List<Cause> CAUSES = List.of(Cause.values());

  @Option(names = "--runs", defaultValue = "10", description = "How many (${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--seed",
      description = "Of the first fleet; each further one adds 1. Random if not given.")
  private Long seed;

  /** The program. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Fleets()).execute(args));
  }

  @Override
  public Integer call() {
    long first = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000_000) : seed;
    int wrong = 0;
    try (Lab lab = Lab.start()) {
      lab.webhook().register();
      for (int i = 0; i < runs; i++) {
        long runSeed = first + i;
        Cause cause = CAUSES.get(Math.floorMod(runSeed, CAUSES.size()));
        wrong += run(lab, cause, runSeed);
      }
    }
    System.out.printf("%d fleets, %d wrong%n", runs, wrong);
    return wrong == 0 ? 0 : 1;
  }

  private static int run(Lab lab, Cause cause, long runSeed) {
    long begin = System.nanoTime();
    Optional<String> complaint;
    String what = "";
    try (FleetRun run = new FleetRun(lab, runSeed)) {
      what = run.fleet().toString();
      complaint = run.complaint(run.migrate(cause, Map.of()));
    } catch (IllegalStateException e) {
      complaint = Optional.of(e.getMessage());
    }
    System.out.printf(
        "seed %d, %s: %s: %s (%.1f s)%n",
        runSeed,
        cause,
        what,
        complaint.orElse("as it should be"),
        (System.nanoTime() - begin) / 1e9);
    return complaint.isEmpty() ? 0 : 1;
  }
}
