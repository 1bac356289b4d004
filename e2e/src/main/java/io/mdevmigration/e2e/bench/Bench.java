package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.trust.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
      "A real API server and etcd, the operator as it is shipped as a process of its own, and as many",
      "daemons as nodes, each with its own token, watch and writes under the shipped roles and",
      "policies, over simulated drivers, in this JVM. Measures first how long the API server takes to",
      "patch as many Nodes with 16 connections (the floor), then how long labels take from nothing,",
      "after a new MigrationCompatibility and after a driver's change, what restarts cost, and what",
      "operator and daemon take of memory.",
      "The last line is one JSON object with all figures; the exit status is 0 unless some label was",
      "not right in time."
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
              + " run after the other, and how the figures grow.")
  private List<Integer> nodes;

  @Option(
      names = "--classes",
      split = ",",
      defaultValue = "2",
      description =
          "Classes of each type, and so drivers, 1 to 50 and no more than nodes (default:"
              + " ${DEFAULT-VALUE}). Several numbers as with --nodes.")
  private List<Integer> classes;

  @Option(
      names = "--types",
      defaultValue = "2",
      description =
          "Types that each node offers, of which two are asked about, 2 to 20 (default:"
              + " ${DEFAULT-VALUE}).")
  private int types;

  @Option(
      names = "--parents",
      defaultValue = "2",
      description = "Devices of each node, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int parents;

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
    for (int one : nodes) {
      between("--nodes", one, 1, 15_000);
    }
    for (int one : classes) {
      between(
          "--classes", one, 1, Math.min(50, nodes.stream().min(Integer::compare).orElseThrow()));
    }
    if (nodes.size() > 1 && classes.size() > 1) {
      throw new ParameterException(
          spec.commandLine(), "give several numbers to one of --nodes and --classes, not to both");
    }
    between("--types", types, 2, 20);
    between("--parents", parents, 1, 256);
    between("--changes", changes, 0, 10_000);
    between("--upgrade", upgrade, 0, 15_000);
    TreeMap<Integer, Figures> runs = new TreeMap<>();
    for (int ofNodes : nodes) {
      for (int ofClasses : classes) {
        Figures figures = run(ofNodes, ofClasses);
        System.out.printf("%n%s", figures.table());
        runs.put(classes.size() > 1 ? ofClasses : ofNodes, figures);
      }
    }
    if (runs.size() > 1) {
      Growth growth = new Growth(classes.size() > 1 ? "classes" : "nodes", runs);
      System.out.printf("%n%s", growth.table());
      if (plot != null) {
        Files.writeString(plot, growth.svg());
      }
    }
    System.out.println(runs.lastEntry().getValue().json());
    return 0;
  }

  private Figures run(int ofNodes, int ofClasses) {
    Options options = new Options().withoutAudit();
    if (directory != null) {
      options.workingDirectory(directory.resolve(ofNodes + "-" + ofClasses));
    }
    Figures figures = new Figures();
    Progress progress = new Progress();
    progress.say("starts etcd and kube-apiserver");
    try (ControlPlane controlPlane = ControlPlane.start(options);
        KubernetesClient admin = client(controlPlane)) {
      controlPlane.kubectl("apply", "-f", Project.root().resolve("crds") + "/").orThrow();
      controlPlane.kubectl("wait", "--for=condition=Established", "crd", "--all").orThrow();
      Deployment deployment = Deployment.apply(controlPlane, admin);
      deployment.awaitInForce();
      if (!onlyDaemon) {
        FleetPlan plan = new FleetPlan(ofNodes, ofClasses, types, parents);
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
    figures.put("classes", "classes of each type, and drivers", plan.classes());
    figures.put("types", "types of each node", types);
    figures.put("parents", "parents of each node", parents);
    progress.say("makes " + plan.nodes() + " nodes");
    try (BenchFleet fleet = new BenchFleet(plan, deployment, admin)) {
      progress.say("measures the floor: patches all nodes four times");
      Duration floor = new Floor(admin, plan.names()).measure();
      progress.say("the floor: %.1f s".formatted(seconds(floor)));
      figures.put("floorSeconds", "one bare patch per node, 16 connections, s", seconds(floor));
      progress.say("makes a pod and a token for each node");
      fleet.makeTokens();
      try (Heartbeats hearts = new Heartbeats(admin, plan.names());
          Phases phases =
              new Phases(controlPlane, admin, deployment, fleet, plan, figures, progress)) {
        hearts.begin();
        phases.run(changes, Math.min(upgrade, plan.nodes()));
      }
    }
  }

  private void between(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(),
          "%s is %d: it has to be %d to %d".formatted(option, value, least, most));
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
      ProcessFigures taken = new LoneDaemon(controlPlane, admin, deployment, tree).measure();
      figures.put(
          "daemonPeakRssMiB",
          "daemon alone, 256 parents x 20 types: peak RSS, MiB",
          taken.peakRssMiB(),
          "96, then 64");
      figures.put(
          "daemonCpuSeconds",
          "daemon alone: CPU from its start until all is asked, s",
          taken.cpuSeconds());
      figures.put("daemonThreads", "daemon alone: threads", taken.threads());
    }
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
