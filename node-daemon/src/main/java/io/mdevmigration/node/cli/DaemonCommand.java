package io.mdevmigration.node.cli;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.http.HttpOptions;
import io.mdevmigration.http.Page;
import io.mdevmigration.node.posix.JnaUeventSocket;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.posix.PosixException;
import io.mdevmigration.node.publish.AdmissionPolicies;
import io.mdevmigration.node.publish.Connection;
import io.mdevmigration.node.publish.DaemonMetrics;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.NodeDaemon;
import io.mdevmigration.node.sysfs.Printable;
import io.mdevmigration.node.uevent.UeventListener;
import io.mdevmigration.telemetry.LogOptions;
import io.mdevmigration.telemetry.Meters;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The daemon, until the process is told to end. */
@Command(
    name = "daemon",
    description = {
      "Keeps this node's MdevNodeState: publishes what its kernel offers, answers spec.checks.",
      "The cluster is found as kubectl finds it: service account, $KUBECONFIG or ~/.kube/config."
    })
final class DaemonCommand implements Callable<Integer> {
  private final Posix posix;

  @Spec private CommandSpec spec;
  @Mixin private KernelOptions kernel;
  @Mixin private HttpOptions http;
  @Mixin private LogOptions logs;

  @Option(
      names = "--node-name",
      paramLabel = "NODE",
      defaultValue = "${env:NODE_NAME:-}",
      description = "Name of the Node that this runs on (default: $NODE_NAME).")
  private String nodeName;

  @Option(
      names = "--rescan",
      paramLabel = "DURATION",
      defaultValue = "${env:MDEV_RESCAN:-60s}",
      converter = KernelOptions.DurationConverter.class,
      description = "How often the mdev tree is read again (default: $MDEV_RESCAN, else 60s).")
  private Duration rescan;

  @Option(
      names = "--settle",
      paramLabel = "DURATION",
      defaultValue = "${env:MDEV_SETTLE:-100ms}",
      converter = KernelOptions.DurationConverter.class,
      description =
          "How long the kernel must have told of no further change of its mdev parents before the"
              + " mdev tree is read (default: $MDEV_SETTLE, else 100ms).")
  private Duration settle;

  @Option(
      names = "--settle-at-most",
      paramLabel = "DURATION",
      defaultValue = "${env:MDEV_SETTLE_AT_MOST:-700ms}",
      converter = KernelOptions.DurationConverter.class,
      description =
          "How long after the first change it is read all the same (default: $MDEV_SETTLE_AT_MOST,"
              + " else 700ms).")
  private Duration settleAtMost;

  @Option(
      names = "--relist",
      paramLabel = "DURATION",
      defaultValue = "${env:MDEV_RELIST:-10m}",
      converter = KernelOptions.DurationConverter.class,
      description =
          "How often the node's object is looked up and its watch opened anew, whatever the watch"
              + " tells (default: $MDEV_RELIST, else 10m).")
  private Duration relist;

  @Option(
      names = "--without-admission-policies",
      description = {
        "Asks although the cluster's admission policies (deploy/) do not keep this daemon from writing"
            + " for other nodes: right where it runs with a kubeconfig, by hand for example."
      })
  private boolean withoutPolicies;

  DaemonCommand(Posix posix) {
    this.posix = requireNonNull(posix, "posix");
  }

  @Override
  public Integer call() throws InterruptedException {
    logs.begin();
    if (nodeName.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "the node's name is missing: give --node-name, or NODE_NAME in the environment");
    }
    if (!canCallTheKernel()) {
      return ExitStatus.UNAVAILABLE;
    }
    Config config = new ConfigBuilder().withUserAgent("mdev-node/" + ProgramVersion.text()).build();
    Meters meters = Meters.of("mdev.node");
    meters.program(ProgramVersion.text());
    DaemonMetrics metrics = new DaemonMetrics(meters);
    try (KubernetesClient client = Connection.open(config);
        NodeDaemon daemon =
            new NodeDaemon(posix, client, nodeName, options(), Clock.systemUTC(), metrics)) {
      Runtime.getRuntime().addShutdownHook(new Thread(daemon::close, "mdev-end"));
      http.open(
          Map.of(
              "/livez", Page.probe(daemon::stuck),
              "/readyz", Page.probe(daemon::unready),
              "/metrics", meters.page()));
      // Before the tree is read for the first time, so that no change falls in between.
      UeventListener.start(JnaUeventSocket::open, daemon::changed)
          .ifPresent(listener -> metrics.uevents(listener::counts));
      daemon.start();
      // Until the process is told to end.
      new CountDownLatch(1).await();
    }
    return ExitStatus.OK;
  }

  private DaemonOptions options() {
    try {
      return kernel
          .options()
          .withRescan(rescan)
          .withSettle(settle, settleAtMost)
          .withRelist(relist)
          .withPolicies(
              withoutPolicies ? AdmissionPolicies.NOT_REQUIRED : AdmissionPolicies.REQUIRED);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Tried before anything begins, because no step of a daemon can do without. */
  private boolean canCallTheKernel() {
    try {
      posix.fileSystemMagic(Path.of("/"));
    } catch (PosixException e) {
      // It was called.
    } catch (LinkageError e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("mdev-node: the C library cannot be called: " + Printable.of(e.toString(), 1024));
      err.println(
          "JNA puts a native library into a directory for it: give it one that can be written and"
              + " is not mounted noexec, with JAVA_OPTS=-Djna.tmpdir=DIRECTORY");
      err.flush();
      return false;
    }
    return true;
  }
}
