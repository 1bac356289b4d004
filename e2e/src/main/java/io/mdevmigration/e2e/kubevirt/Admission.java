package io.mdevmigration.e2e.kubevirt;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.controlplane.Options;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.kubevirt.Reviews.Answer;
import io.mdevmigration.e2e.kubevirt.Reviews.Reviewed;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.time.Latencies;
import io.mdevmigration.e2e.time.Patience;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long the review of a migration takes in a large fleet. */
@Command(
    name = "e2e/kubevirt/admission",
    mixinStandardHelpOptions = true,
    description = {
      "Sets up a fleet of simulated nodes with the real daemon, and machines on them, and has the",
      "operator as it is shipped review a migration of each machine over HTTPS, while drivers are",
      "loaded anew. Nine machines of ten have other nodes that accept their device; the others",
      "have none, so that their migrations are refused.",
      "Shows how long an answer took, in ms. The last line is 'N reviews, p50 X ms, p99 Y ms'; the",
      "exit status is 0 if every answer was right, or said that nothing is certain because a driver",
      "had just been loaded."
    })
public final class Admission implements Callable<Integer> {
  private static final int CONNECTIONS = 4;

  @Option(names = "--nodes", defaultValue = "5000", description = "Nodes (${DEFAULT-VALUE}).")
  private int nodes;

  @Option(names = "--vmis", defaultValue = "2000", description = "Machines (${DEFAULT-VALUE}).")
  private int machines;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "How often each machine's migration is reviewed (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--rate",
      defaultValue = "200",
      description = "Reviews per second (${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--changes",
      defaultValue = "5",
      description = "Drivers loaded anew per second (${DEFAULT-VALUE}).")
  private int changes;

  private final Queue<Reviewed> reviewed = new ConcurrentLinkedQueue<>();
  private final AtomicInteger wrong = new AtomicInteger();

  /** The program. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Admission()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    int port = Ports.free();
    try (ControlPlane controlPlane = ControlPlane.start(new Options().withoutAudit());
        KubernetesClient client = controlPlane.client("admission")) {
      CustomResources.install(controlPlane);
      Manifests.install().applyResources(controlPlane);
      permit(controlPlane);
      ServingCertificate certificate = ServingCertificate.make(controlPlane.directory());
      Webhook webhook = new Webhook(client, certificate, port);
      try (LargeFleet fleet = new LargeFleet(controlPlane, client, nodes)) {
        say(nodes + " nodes");
        fleet.addNodes();
        say(machines + " machines");
        fleet.addMachines(machines);
        try (OperatorProcess operator =
            OperatorProcess.start(controlPlane, webhook.operatorArguments("Steer"))) {
          say("the operator asks and labels");
          fleet.awaitLabels();
          measure(fleet, new Reviews(port, certificate));
          if (!operator.isAlive()) {
            throw new IllegalStateException("the operator has ended: see operator.log");
          }
        }
      }
    }
    return wrong.get() == 0 ? 0 : 1;
  }

  private static void permit(ControlPlane controlPlane) {
    controlPlane
        .kubectlWithInput(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: %s}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: %s}
            ---
            apiVersion: kubevirt.io/v1
            kind: KubeVirt
            metadata: {name: kubevirt, namespace: %s}
            spec:
              configuration:
                permittedHostDevices:
                  mediatedDevices: [{resourceName: %s, mdevNameSelector: A}]
            """
                .formatted(
                    LargeFleet.NAMESPACE, KubeVirt.NAMESPACE, KubeVirt.NAMESPACE, Lab.RESOURCE),
            "create",
            "-f",
            "-")
        .orThrow();
  }

  private void measure(LargeFleet fleet, Reviews reviews) throws InterruptedException {
    Patience.until(
        "right answers about all machines", () -> isSettled(reviews), () -> "see operator.log");
    wrong.set(0);
    say(rounds * machines + " reviews, " + rate + " per second");
    ScheduledExecutorService callers = Executors.newScheduledThreadPool(CONNECTIONS);
    ScheduledExecutorService vendor = Executors.newSingleThreadScheduledExecutor();
    Random random = new Random();
    if (changes > 0) {
      var unused =
          vendor.scheduleAtFixedRate(
              () -> fleet.change(random), 0, 1_000_000 / changes, TimeUnit.MICROSECONDS);
    }
    for (int i = 0; i < rounds * machines; i++) {
      int machine = i % machines;
      var unused =
          callers.schedule(
              () -> review(reviews, machine), 1_000_000L * i / rate, TimeUnit.MICROSECONDS);
    }
    callers.shutdown();
    if (!callers.awaitTermination(1, TimeUnit.HOURS)) {
      throw new IllegalStateException("the reviews do not end");
    }
    vendor.shutdownNow();
    report();
  }

  private boolean isSettled(Reviews reviews) {
    try {
      for (int i = 0; i < machines; i++) {
        if (reviews.ask(LargeFleet.NAMESPACE, LargeFleet.machine(i)).answer() != right(i)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Answer right(int machine) {
    return LargeFleet.isLonely(machine) ? Answer.REFUSED : Answer.STEERED;
  }

  private void review(Reviews reviews, int machine) {
    try {
      Reviewed one = reviews.ask(LargeFleet.NAMESPACE, LargeFleet.machine(machine));
      reviewed.add(one);
      if (one.answer() != right(machine) && one.answer() != Answer.LEFT_ALONE) {
        wrong.incrementAndGet();
        System.out.printf("%s: %s%n", LargeFleet.machine(machine), one.answer());
      }
    } catch (IOException e) {
      wrong.incrementAndGet();
      System.out.printf("%s: %s%n", LargeFleet.machine(machine), e);
    }
  }

  private void report() {
    System.out.println(Latencies.head("answers over HTTPS, ms"));
    for (Answer answer : Answer.values()) {
      System.out.println(of(List.of(answer)).line(answer.toString()));
    }
    Latencies all = of(List.of(Answer.values()));
    System.out.printf(
        "%d reviews, p50 %.1f ms, p99 %.1f ms%n",
        all.count(), all.percentile(50), all.percentile(99));
  }

  private Latencies of(List<Answer> answers) {
    return new Latencies(
        reviewed.stream()
            .filter(one -> answers.contains(one.answer()))
            .map(Reviewed::took)
            .toList());
  }

  private static void say(String what) {
    System.err.println("admission: " + what);
  }
}
