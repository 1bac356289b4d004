package io.mdevmigration.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.http.HttpOptions;
import io.mdevmigration.http.Page;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings;
import io.mdevmigration.operator.leader.Election;
import io.mdevmigration.operator.leader.LeaseTerms;
import io.mdevmigration.operator.trial.TrialPeriods;
import io.mdevmigration.operator.watch.ApiConnection;
import io.mdevmigration.operator.watch.ApiWrites;
import io.mdevmigration.operator.watch.MonotonicClock;
import io.mdevmigration.telemetry.LogOptions;
import io.mdevmigration.telemetry.Logs;
import io.mdevmigration.telemetry.Meters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The operator's command. */
@Command(
    name = "mdev-operator",
    mixinStandardHelpOptions = true,
    subcommands = CleanupCommand.class,
    description =
        "Has the nodes' mdev drivers asked what they accept, and labels the nodes that accept."
            + " Finds the API server as kubectl does: in-cluster, or by KUBECONFIG.")
public final class OperatorMain implements Callable<Integer> {
  static {
    Logs.last();
  }

  private static final Logger log = LoggerFactory.getLogger(OperatorMain.class);

  /** How long the watching waits for the lease: a leader then needs no second list. */
  private static final Duration HEAD_START = Duration.ofSeconds(1);

  @Spec private CommandSpec spec;

  @Mixin private LeaseOptions lease;

  @Mixin private KubeVirtOptions kubeVirt;

  @Mixin private HttpOptions http;

  @Mixin private LogOptions logs;

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

  /** Runs the operator until it is told to stop. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new OperatorMain()).execute(args));
  }

  @Override
  public Integer call() {
    logs.begin();
    OperatorOptions options;
    Optional<LeaseTerms> terms;
    try {
      options =
          new OperatorOptions(
              nodeWorkers, unwantedGrace, new TrialPeriods(trialBegin, trialSilence), relist);
      terms = lease.terms();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    Config config = new ConfigBuilder().withUserAgent(userAgent()).build();
    // The Lease is taken over a connection of its own, and migrations are reviewed over it, by
    // standbys too: the other one writes while the Lease is held.
    Meters meters = Meters.of("mdev.operator");
    meters.program(version());
    ApiWrites writes = new ApiWrites(meters);
    KubernetesClient leases = ApiConnection.open(config, () -> true, writes);
    Optional<Election> election =
        terms.map(competed -> new Election(leases, competed, identity(), new MonotonicClock()));
    KubernetesClient client =
        ApiConnection.open(config, () -> election.map(Election::isHeld).orElse(true), writes);
    Optional<KubeVirtSettings> settings = settings(client, leases);
    Optional<String> trouble = FirstRead.trouble(client, FirstRead.PATIENCE);
    if (trouble.isPresent()) {
      log.error("{}", trouble.get());
      return 1;
    }
    MdevOperator operator =
        new MdevOperator(client, options, InstantSource.system(), settings, meters);
    http.open(
        Map.of(
            "/livez", Page.probe(operator::stuck),
            "/readyz", Page.probe(operator::unready),
            "/metrics", meters.page()));
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop(operator, election);
                  client.close();
                  leases.close();
                },
                "stop"));
    try {
      if (election.isPresent()) {
        Contender contender = new Contender(operator);
        election.get().start(contender);
        contender.awaitLead(HEAD_START);
        operator.watch();
      } else {
        operator.start();
      }
    } catch (CompletionException | CancellationException e) {
      log.debug("stopped before everything was read", e);
      return 1;
    }
    String what = operator.failed().toCompletableFuture().join();
    log.error("{}; ending, so that the next start reads everything anew", what);
    return 1;
  }

  /**
   * Ends in order: no new work, then the end of what is being written, and only then may another
   * replica begin.
   */
  private static void stop(MdevOperator operator, Optional<Election> election) {
    log.info("stopping: no new work, waiting for what is being written");
    operator.close();
    election.ifPresent(Election::close);
    log.info("stopped");
  }

  /** What this process does when it leads, and when it must not any more. */
  private static final class Contender implements Election.Replica {
    private final MdevOperator operator;
    private final CountDownLatch leads = new CountDownLatch(1);

    Contender(MdevOperator operator) {
      this.operator = operator;
    }

    @Override
    public void lead() {
      CompletableFuture<Void> working = operator.lead();
      leads.countDown();
      working.join();
      log.info("everything the former leader wrote is known; working");
    }

    @Override
    public void lost(String why) {
      log.error("{}; ending at once, so that nothing more is written", why);
      // An orderly end would let what is being written go on.
      Runtime.getRuntime().halt(1);
    }

    void awaitLead(Duration atMost) {
      try {
        if (leads.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
          log.debug("leading from the start");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Optional<KubeVirtSettings> settings(KubernetesClient client, KubernetesClient unbound) {
    try {
      return kubeVirt.settings(client, unbound, unwantedGrace);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  /** A name that no other replica ever has, and by which an admin finds the pod. */
  private static String identity() {
    String host = Optional.ofNullable(System.getenv("HOSTNAME")).orElseGet(OperatorMain::hostName);
    return host + "_" + UUID.randomUUID();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "mdev-operator";
    }
  }

  private static String userAgent() {
    return "mdev-operator/" + version();
  }

  private static String version() {
    return Optional.ofNullable(OperatorMain.class.getPackage().getImplementationVersion())
        .orElse("dev");
  }
}
