package io.mdevmigration.operator;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.DurationText;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.operator.trial.TrialPeriods;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The operator's command. */
@Command(
    name = "mdev-operator",
    mixinStandardHelpOptions = true,
    description =
        "Has the nodes' mdev drivers asked what they accept, and labels the nodes that accept."
            + " Finds the API server as kubectl does: in-cluster, or by KUBECONFIG.")
public final class OperatorMain implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(OperatorMain.class);

  @Spec private CommandSpec spec;

  @Option(
      names = "--node-workers",
      description =
          "Nodes written at the same time, 1 to 256 (default: ${DEFAULT-VALUE}: so many connections"
              + " come close to what the API server can take).",
      defaultValue = "16")
  private int nodeWorkers;

  @Option(
      names = "--unwanted-grace",
      description =
          "How long a class has to be unwanted before its labels go, for example 90s or 10m"
              + " (default: ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "10m")
  private Duration unwantedGrace;

  @Option(
      names = "--trial-begin",
      description =
          "How long a node that is to try a class which is new to its driver may take to begin,"
              + " before another node gets the trial (default: ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "10s")
  private Duration trialBegin;

  @Option(
      names = "--trial-silence",
      description =
          "How long such a node may take to answer before the class is suspected of harming its"
              + " driver; more than two deadlines of the daemon (default: ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "2m")
  private Duration trialSilence;

  @Option(
      names = "--relist",
      description =
          "How often everything is listed afresh, 1s to 24h, give or take a tenth (default:"
              + " ${DEFAULT-VALUE}).",
      converter = DurationConverter.class,
      defaultValue = "10m")
  private Duration relist;

  /** Durations as Kubernetes writes them. */
  private static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return DurationText.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is no duration: write for example 90s or 10m".formatted(text)));
    }
  }

  /** Runs the operator until it is told to stop. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new OperatorMain()).execute(args));
  }

  @Override
  public Integer call() {
    OperatorOptions options;
    try {
      options =
          new OperatorOptions(
              nodeWorkers, unwantedGrace, new TrialPeriods(trialBegin, trialSilence), relist);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    var config = new ConfigBuilder().withUserAgent(userAgent()).build();
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    Optional<String> trouble = trouble(client);
    if (trouble.isPresent()) {
      log.error("{}", trouble.get());
      return 1;
    }
    MdevOperator operator = new MdevOperator(client, options, InstantSource.system());
    Thread stop =
        new Thread(
            () -> {
              operator.close();
              client.close();
            },
            "stop");
    try {
      operator.start();
    } catch (OperatorException | CompletionException e) {
      log.error("cannot watch the cluster at {}", client.getMasterUrl(), e);
      return 1;
    }
    Runtime.getRuntime().addShutdownHook(stop);
    String what = operator.failed().toCompletableFuture().join();
    log.error("{}; ending, so that the next start reads everything anew", what);
    return 1;
  }

  /** What keeps the operator from reading its resources, said better than by a failing watch. */
  private static Optional<String> trouble(KubernetesClient client) {
    try {
      for (var resource : List.of(MdevNodeState.class, MigrationCompatibility.class)) {
        client.resources(resource).list(new ListOptionsBuilder().withLimit(1L).build());
      }
      return Optional.empty();
    } catch (KubernetesClientException e) {
      String what =
          switch (e.getCode()) {
            case 404 -> "the custom resources are not installed: kubectl apply -f crds/";
            case 401, 403 -> "not allowed to read them: see the kubeconfig or the ClusterRole";
            default -> "see whether the API server runs and the kubeconfig is right";
          };
      return Optional.of(
          "cannot read "
              + Api.GROUP
              + " at "
              + client.getMasterUrl()
              + ": "
              + what
              + " ("
              + e.getMessage()
              + ")");
    }
  }

  private static String userAgent() {
    return "mdev-operator/"
        + Optional.ofNullable(OperatorMain.class.getPackage().getImplementationVersion())
            .orElse("dev");
  }
}
