package io.mdevmigration.e2e.change;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.crds.Target;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.DaemonOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the time from a driver's change to the right labels, and counts the writes. */
@Command(
    name = "e2e/change",
    mixinStandardHelpOptions = true,
    description = {
      "Changes the drivers of simulated nodes, one after the other and at random, on a real API",
      "server with the operator as it is shipped, everything with its default settings. Every",
      "class has been tried on every driver before. Shows how long after a change the Node",
      "carries the right labels, in ms and as a watch sees it, and how many writes a change",
      "costs: of the daemon (answers), of the operator (checks, labels, statuses of the",
      "MigrationCompatibility, events) and to the kernels.",
      "The last line is 'N changes, p50 X ms, p99 Y ms'; the exit status is 0 unless some labels",
      "did not become right within 30 s."
    })
public final class Changes implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A status may be written a second late. */
  private static final Duration QUIET = Duration.ofMillis(1500);

  /** What is slower than this is shown in detail. */
  private static final Duration PROMISE = Duration.ofSeconds(1);

  @Spec private CommandSpec spec;

  @Option(
      names = "--changes",
      defaultValue = "100",
      description = "How many, 1 to 100000 (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--nodes",
      defaultValue = "8",
      description =
          "Nodes whose driver changes, 1 to 200 (default: ${DEFAULT-VALUE}); one more for each"
              + " driver version keeps its own.")
  private int nodes;

  @Option(names = "--seed", description = "Decides which node changes how. Random if not given.")
  private Long seed;

  @Option(names = "--verbose", description = "Show each change and when it was written what.")
  private boolean verbose;

  /** The program. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Changes()).execute(args));
  }

  @Override
  public Integer call() {
    if (changes < 1 || changes > 100_000 || nodes < 1 || nodes > 200) {
      throw new ParameterException(
          spec.commandLine(), "--changes has to be 1 to 100000 and --nodes 1 to 200");
    }
    long drawn = seed == null ? ThreadLocalRandom.current().nextInt(1_000_000_000) : seed;
    System.out.printf(
        "%d changes on %d nodes, seed %d: this takes about %d s%n",
        changes, nodes, drawn, 20 + 3 * changes);
    try (ControlPlane controlPlane = ControlPlane.start();
        KubernetesClient client = controlPlane.client("change")) {
      CustomResources.install(controlPlane);
      try (Fleet fleet =
              Fleet.of(client, controlPlane.config(Ledger.DAEMON), DaemonOptions.DEFAULTS);
          OperatorProcess operator = OperatorProcess.start(controlPlane);
          LabelHistory labels = new LabelHistory(client)) {
        Ledger beginning = Ledger.open(controlPlane, fleet);
        Map<String, Setup> setups = join(fleet, new Random(drawn));
        client.resource(wholeFleet()).create();
        for (var node : setups.entrySet()) {
          if (!labels.await(node.getKey(), node.getValue().labels(), PATIENCE)) {
            throw new IllegalStateException(
                "no right labels on %s at the start: see operator.log in %s"
                    .formatted(node.getKey(), controlPlane.directory()));
          }
        }
        beginning.awaitQuiet(QUIET);
        int failed = play(controlPlane, fleet, labels, setups, new Random(drawn));
        if (!operator.isAlive()) {
          throw new IllegalStateException("the operator has ended");
        }
        return failed == 0 ? 0 : 1;
      }
    }
  }

  /** Nodes that change, and those that see to it that each driver version stays in the fleet. */
  private Map<String, Setup> join(Fleet fleet, Random random) {
    Map<String, Setup> changing = new TreeMap<>();
    for (String driver : Setup.DRIVERS) {
      Setup own = new Setup(driver, Set.of(Setup.version(driver)));
      fleet.add("keeps-" + driver, SimulatedKernel.with(own.simulate()));
    }
    for (int i = 0; i < nodes; i++) {
      String name = "changes-" + i;
      Setup setup = Setup.ALL.get(random.nextInt(Setup.ALL.size()));
      fleet.add(name, SimulatedKernel.with(setup.simulate()));
      changing.put(name, setup);
    }
    return changing;
  }

  /** Asks for every version of the fleet on every node, with labels. */
  static MigrationCompatibility wholeFleet() {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName("whole-fleet").build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            Setup.TYPE,
            new Source(null, new LabelSelector(), null),
            new Target(new LabelSelector()),
            true,
            List.of()));
    return object;
  }

  /** Gives how many changes there were after which the labels did not become right. */
  private int play(
      ControlPlane controlPlane,
      Fleet fleet,
      LabelHistory labels,
      Map<String, Setup> setups,
      Random random) {
    List<String> names = List.copyOf(setups.keySet());
    List<Measured> measured = new ArrayList<>();
    int failed = 0;
    for (int i = 0; i < changes; i++) {
      SimulatedNode node = fleet.node(names.get(random.nextInt(names.size())));
      Setup before = setups.get(node.name());
      List<Setup> others =
          Setup.ALL.stream().filter(other -> !other.accepts().equals(before.accepts())).toList();
      Setup after = others.get(random.nextInt(others.size()));
      setups.put(node.name(), after);
      Ledger ledger = Ledger.open(controlPlane, fleet);
      Optional<Measured> one = change(node, before, after, ledger, labels);
      one.ifPresent(measured::add);
      if (one.isEmpty()) {
        failed++;
        System.out.printf(
            "%s: from %s to %s: no right labels after %d s; %s%n",
            node.name(), before, after, PATIENCE.toSeconds(), ledger.requests());
      }
    }
    if (!measured.isEmpty()) {
      Table table = new Table(measured);
      System.out.printf("%n%s%n%s%n%s%n", table.text(), table.removals(), table.summary());
    }
    return failed;
  }

  private Optional<Measured> change(
      SimulatedNode node, Setup before, Setup after, Ledger ledger, LabelHistory labels) {
    node.kernel().reload(after.simulate());
    long since = System.nanoTime();
    Instant at = Instant.now();
    boolean right = labels.await(node.name(), after.labels(), PATIENCE);
    ledger.awaitQuiet(QUIET);
    Optional<Duration> nothingWrong =
        labels.after(since, node.name(), keys -> after.labels().containsAll(keys));
    Optional<Duration> allRight = labels.after(since, node.name(), after.labels()::equals);
    if (!right || allRight.isEmpty() || nothingWrong.isEmpty()) {
      return Optional.empty();
    }
    Measured one =
        new Measured(
            Kind.of(before, after),
            at,
            nothingWrong.get(),
            allRight.get(),
            ledger.requests(),
            ledger.kernelWrites());
    if (verbose || one.right().compareTo(PROMISE) > 0) {
      System.out.println(one.stages());
    }
    return Optional.of(one);
  }
}
