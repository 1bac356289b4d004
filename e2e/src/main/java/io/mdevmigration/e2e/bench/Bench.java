package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.e2e.Project;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.trust.Deployment;
import java.nio.file.Path;
import java.time.Duration;
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
      defaultValue = "5000",
      description = "Nodes, 1 to 15000 (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--classes",
      defaultValue = "2",
      description =
          "Classes of each type, and so drivers, 1 to 32 and no more than nodes (default:"
              + " ${DEFAULT-VALUE}).")
  private int classes;

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
  public Integer call() {
    between("--nodes", nodes, 1, 15_000);
    between("--classes", classes, 1, Math.min(32, nodes));
    between("--types", types, 2, 20);
    between("--parents", parents, 1, 256);
    between("--changes", changes, 0, 10_000);
    Options options = new Options().withoutAudit();
    if (directory != null) {
      options.workingDirectory(directory);
    }
    Figures figures = new Figures();
    figures.put("nodes", "nodes", nodes);
    figures.put("classes", "classes of each type", classes);
    figures.put("types", "types of each node", types);
    figures.put("parents", "parents of each node", parents);
    Progress progress = new Progress();
    progress.say("starts etcd and kube-apiserver");
    try (ControlPlane controlPlane = ControlPlane.start(options);
        KubernetesClient admin = client(controlPlane)) {
      controlPlane.kubectl("apply", "-f", Project.root().resolve("crds") + "/").orThrow();
      controlPlane.kubectl("wait", "--for=condition=Established", "crd", "--all").orThrow();
      Deployment deployment = Deployment.apply(controlPlane, admin);
      deployment.awaitInForce();
      loneDaemon(controlPlane, admin, deployment, figures, progress);
      progress.say("makes " + nodes + " nodes");
      FleetPlan plan = new FleetPlan(nodes, classes, types, parents);
      try (BenchFleet fleet = new BenchFleet(plan, deployment, admin)) {
        progress.say("measures the floor: patches all nodes four times");
        Duration floor = new Floor(admin, plan.names()).measure();
        figures.put("floorSeconds", "one bare patch per node, 16 connections, s", seconds(floor));
        progress.say("makes a pod and a token for each node");
        fleet.makeTokens();
        try (Phases phases =
            new Phases(controlPlane, admin, deployment, fleet, plan, figures, progress)) {
          phases.run(changes);
        }
      }
    }
    System.out.printf("%n%s%s%n", figures.table(), figures.json());
    return 0;
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
