package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.trust.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures speed and size next to what the API server itself can do. */
@Command(
    name = "e2e/bench",
    mixinStandardHelpOptions = true,
    description = {
      "A real API server and etcd, the operator as it is shipped as a process of its own, and as many"
          + " daemons as nodes, each with its own token, watch and writes under the shipped roles"
          + " and policies, over simulated drivers, in this JVM. Measures first how long the API"
          + " server takes to patch as many Nodes with 16 connections (the floor), then how long"
          + " labels take from nothing, after a new MigrationCompatibility, after a driver's change"
          + " and in a rolling upgrade of drivers; what restarts cost, of the operator, of all"
          + " daemons at once and one after the other, and of kube-apiserver; and what operator and"
          + " daemon take of memory and threads, and how long they pause for garbage collection.",
      "The last line is one JSON object with all figures; the exit status is 0 unless some label was"
          + " not right in time."
    })
public final class Bench implements Callable<Integer> {
  private static final String USER_AGENT = "bench";

  @Spec private CommandSpec spec;

  @Option(
      names = "--nodes",
      split = ",",
      defaultValue = "5000",
      description =
          "Nodes, 1 to 15000 (default: ${DEFAULT-VALUE}). Several numbers with commas in between: one"
              + " run after the other, and how the figures grow. One of --nodes, --classes, --types and"
              + " --parents may have several.")
  private List<Integer> nodes;

  @Option(
      names = "--classes",
      split = ",",
      defaultValue = "2",
      description =
          "Classes of each type, 1 to 50 and no more than nodes (default: ${DEFAULT-VALUE}). Several"
              + " numbers as with --nodes.")
  private List<Integer> classes;

  @Option(
      names = "--drivers",
      defaultValue = "50",
      description =
          "Drivers that share the classes, 1 to 50 (default: ${DEFAULT-VALUE}). Of fewer classes each"
              + " has a driver of its own.")
  private int drivers;

  @Option(
      names = "--types",
      split = ",",
      defaultValue = "2",
      description =
          "Types that each node offers, 1 to 20 (default: ${DEFAULT-VALUE}). Two are asked about, one"
              + " from nothing and another one later, if there is one. Several numbers as with"
              + " --nodes.")
  private List<Integer> types;

  @Option(
      names = "--parents",
      split = ",",
      defaultValue = "2",
      description =
          "Devices of each node, 1 to 256 (default: ${DEFAULT-VALUE}). Several numbers as with"
              + " --nodes.")
  private List<Integer> parents;

  @Option(
      names = "--changes",
      defaultValue = "100",
      description = "Changes of one driver, one at a time, 0 to 10000 (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--upgrade",
      defaultValue = "200",
      description =
          "Nodes that get another driver of the fleet in a rolling upgrade, 16 at a time; no more"
              + " than there are (default: ${DEFAULT-VALUE}).")
  private int upgrade;

  @Option(
      names = "--only-daemon",
      description = "Measures nothing but the daemon that is alone on a node.")
  private boolean onlyDaemon;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Draws how the figures grow, as SVG.")
  private Path plot;

  @Option(
      names = "--directory",
      description = "Leaves logs and all there; without: a temporary directory that is deleted.")
  private Path directory;

  /** The program. */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Bench());
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          failure.printStackTrace(command.getErr());
          command.getErr().println("bench: " + failure.getMessage());
          return 1;
        });
    System.exit(line.execute(args));
  }

  @Override
  public Integer call() throws IOException {
    between("--nodes", nodes, 1, 15_000);
    between("--classes", classes, 1, Math.min(50, Collections.min(nodes)));
    between("--drivers", List.of(drivers), 1, 50);
    between("--types", types, 1, 20);
    between("--parents", parents, 1, 256);
    between("--changes", List.of(changes), 0, 10_000);
    between("--upgrade", List.of(upgrade), 0, 15_000);
    Sweep sweep = sweep();
    if (directory != null && Files.exists(directory)) {
      throw new ParameterException(
          spec.commandLine(),
          directory + " exists: name a directory that is to be made, or delete it");
    }
    TreeMap<Integer, Figures> runs = new TreeMap<>();
    for (FleetPlan plan : sweep.fleets()) {
      Figures figures = run(plan);
      System.out.printf("%n%s", figures.table());
      runs.put(sweep.size().of(plan), figures);
    }
    if (runs.size() > 1) {
      Growth growth = new Growth(sweep.size().toString(), runs);
      System.out.printf("%n%s", growth.table());
      if (plot != null) {
        Files.writeString(plot, growth.svg());
      }
    }
    System.out.println(runs.lastEntry().getValue().json());
    return 0;
  }

  private Sweep sweep() {
    try {
      return Sweep.of(
          Map.of(
              Sweep.Size.NODES, nodes,
              Sweep.Size.CLASSES, classes,
              Sweep.Size.TYPES, types,
              Sweep.Size.PARENTS, parents),
          drivers);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Figures run(FleetPlan plan) {
    Options options = new Options().withoutAudit();
    if (directory != null) {
      options.workingDirectory(
          directory.resolve(
              "%d-%d-%d-%d-%d"
                  .formatted(
                      plan.nodes(), plan.classes(), plan.drivers(), plan.types(), plan.parents())));
    }
    Figures figures = new Figures();
    Progress progress = new Progress();
    progress.say("starts etcd and kube-apiserver");
    try (ControlPlane controlPlane = ControlPlane.start(options);
        KubernetesClient admin = client(controlPlane)) {
      CustomResources.install(controlPlane);
      Deployment deployment = Deployment.apply(controlPlane, admin);
      deployment.awaitInForce();
      if (!onlyDaemon) {
        fleet(plan, controlPlane, admin, deployment, figures, progress);
      }
      // Last, so that what it publishes is not in the operator's way.
      loneDaemon(controlPlane, admin, deployment, figures, progress);
    }
    return figures;
  }

  private void fleet(
      FleetPlan plan,
      ControlPlane controlPlane,
      KubernetesClient admin,
      Deployment deployment,
      Figures figures,
      Progress progress) {
    figures.put("nodes", "nodes", plan.nodes());
    figures.put("classes", "classes of each type", plan.classes());
    figures.put("drivers", "drivers that share them", plan.drivers());
    figures.put("types", "types of each node", plan.types());
    figures.put("parents", "parents of each node", plan.parents());
    progress.say("makes " + plan.nodes() + " nodes");
    try (BenchFleet fleet = new BenchFleet(plan, deployment, admin)) {
      progress.say("measures the floor: patches all nodes four times");
      Duration floor = new Floor(admin, plan.names()).measure();
      progress.say("the floor: %.1f s".formatted(seconds(floor)));
      figures.put("floorSeconds", "one bare patch per node, 16 connections, s", seconds(floor));
      progress.say("makes a pod and a token for each node");
      fleet.makeTokens();
      progress.say("starts the operator");
      Map<String, String> pod =
          deployment.podEnvironment("operator-pod", deployment.operatorToken(FleetPlan.node(0)));
      try (Heartbeats hearts = new Heartbeats(admin, plan.names());
          ShippedOperator operator = ShippedOperator.start(controlPlane, admin, pod)) {
        hearts.begin();
        new Phases(new Rig(controlPlane, admin, operator, fleet, plan, figures, progress))
            .run(changes, Math.min(upgrade, plan.nodes()));
      }
    }
  }

  private void between(String option, List<Integer> values, int least, int most) {
    for (int value : values) {
      if (value < least || value > most) {
        throw new ParameterException(
            spec.commandLine(),
            "%s is %d: it has to be %d to %d".formatted(option, value, least, most));
      }
    }
  }

  /** Over HTTP/1.1, so that who has sixteen threads has sixteen connections. */
  private static KubernetesClient client(ControlPlane controlPlane) {
    Config config =
        new ConfigBuilder(controlPlane.config(USER_AGENT)).withHttp2Disable(true).build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  private static void loneDaemon(
      ControlPlane controlPlane,
      KubernetesClient admin,
      Deployment deployment,
      Figures figures,
      Progress progress) {
    progress.say("measures one daemon alone with 256 parents of 20 types each");
    try (PlainTree tree = PlainTree.write(256, 20)) {
      new LoneDaemon(controlPlane, admin, deployment, tree).measure(figures);
    }
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
