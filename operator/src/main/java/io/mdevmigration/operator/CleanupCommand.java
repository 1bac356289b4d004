package io.mdevmigration.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.operator.cleanup.Cleanup;
import io.mdevmigration.operator.cleanup.CleanupOptions;
import io.mdevmigration.operator.cleanup.KindReport;
import io.mdevmigration.operator.cleanup.RunningOperator;
import io.mdevmigration.operator.watch.ApiConnection;
import io.mdevmigration.telemetry.LogOptions;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command that leaves nothing behind. */
@Command(
    name = "cleanup",
    mixinStandardHelpOptions = true,
    description =
        "Removes what mdev-migration has left on a cluster, after it was uninstalled: its labels on"
            + " Nodes, MdevNodeStates, NodeEvacuations, the MigrationCompatibilities that the"
            + " operator made by itself, the webhook configuration, the certificate and the Lease."
            + " Can be run again. Ends with 1 if anything of that stays.")
final class CleanupCommand implements Callable<Integer> {
  private static final String DEFAULT_NAMESPACE = "mdev-migration";

  /** A daemon that still runs makes its object anew at once. */
  private static final Duration BACK = Duration.ofSeconds(2);

  @Spec private CommandSpec spec;

  @Mixin private LogOptions logs;

  @Option(
      names = {"-n", "--namespace"},
      description =
          "Where it was installed (default: the pod's own; outside of a pod: mdev-migration).")
  private String namespace;

  @Option(
      names = "--dry-run",
      description =
          "Has the API server try each request without changing anything, and prints what would"
              + " go.")
  private boolean dryRun;

  @Option(names = "--all", description = "Removes the MigrationCompatibilities of users too.")
  private boolean all;

  @Option(
      names = "--crds",
      description =
          "Removes the custom resource definitions too, and with them every object, those of users"
              + " included.")
  private boolean crds;

  @Option(
      names = "--workers",
      description = "Requests at the same time, 1 to 256 (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int workers;

  @Override
  public Integer call() throws InterruptedException {
    logs.begin();
    CleanupOptions options;
    try {
      options =
          new CleanupOptions(
              Optional.ofNullable(namespace)
                  .or(LeaseOptions::ownNamespace)
                  .orElse(DEFAULT_NAMESPACE),
              dryRun,
              all,
              crds,
              workers);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    Config config = new ConfigBuilder().withUserAgent("mdev-operator-cleanup").build();
    try (KubernetesClient client = ApiConnection.open(config);
        Cleanup cleanup = new Cleanup(client, options)) {
      Optional<String> holder =
          new RunningOperator(client, options.namespace(), this::complain).holder();
      if (holder.isPresent()) {
        complain(
            "an operator works (%s) and would put everything back: uninstall it first, or delete the Lease if nothing renews it"
                .formatted(holder.get()));
        if (!dryRun) {
          return 1;
        }
      }
      return remove(cleanup);
    } catch (KubernetesClientException e) {
      complain(
          "nothing was removed, because the Lease cannot be read, which tells whether an operator"
              + " works: see the kubeconfig or the rights ("
              + ApiFailure.reason(e)
              + ")");
      return 1;
    }
  }

  private int remove(Cleanup cleanup) throws InterruptedException {
    List<KindReport> reports = new ArrayList<>();
    cleanup.run(
        report -> {
          tell(report);
          reports.add(report);
        });
    if (!reports.stream().allMatch(KindReport::isClean)) {
      complain("not everything is removed: see to the reasons above, and run it again");
      return 1;
    }
    return dryRun || reports.stream().allMatch(report -> report.gone().isEmpty())
        ? 0
        : lookAgain(cleanup);
  }

  private int lookAgain(Cleanup cleanup) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(BACK.toNanos());
    List<String> back = cleanup.back();
    if (back.isEmpty()) {
      return 0;
    }
    complain(
        "removed, and there again: %s; a daemon or an operator still runs: uninstall it, and run this again"
            .formatted(String.join(", ", back)));
    return 1;
  }

  private void tell(KindReport report) {
    PrintWriter out = spec.commandLine().getOut();
    if (dryRun) {
      report.removed().forEach(what -> out.println(what + " (server dry run)"));
    }
    out.println(report.line() + (dryRun ? " (server dry run)" : ""));
    out.flush();
    report.refusals().forEach(this::complain);
  }

  private void complain(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("mdev-operator cleanup: " + what);
    err.flush();
  }
}
