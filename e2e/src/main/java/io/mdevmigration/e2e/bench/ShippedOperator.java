package io.mdevmigration.e2e.bench;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.Ports;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.time.Patience;
import io.mdevmigration.e2e.trust.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The operator as a process with its production flags, under its shipped role. */
final class ShippedOperator implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(5);

  private final ControlPlane controlPlane;
  private final KubernetesClient admin;
  private final Map<String, String> pod;
  private final Path log;
  private final Path archive;
  private OperatorProcess process;
  private JvmWatch watch;
  private Duration ready;
  private int starts;

  private ShippedOperator(
      ControlPlane controlPlane, KubernetesClient admin, Map<String, String> pod) {
    this.controlPlane = controlPlane;
    this.admin = admin;
    this.pod = Map.copyOf(pod);
    this.log = controlPlane.directory().resolve("operator.log");
    this.archive = ClassArchive.make(OperatorProcess.script(), controlPlane.directory());
    begin();
  }

  /**
   * Starts it and returns when it leads, has read everything and works.
   *
   * @param pod what its pod has: {@link Deployment#podEnvironment}
   */
  static ShippedOperator start(
      ControlPlane controlPlane, KubernetesClient admin, Map<String, String> pod) {
    return new ShippedOperator(controlPlane, admin, pod);
  }

  private void begin() {
    Shipped shipped = Shipped.operator(admin);
    int port = Ports.free();
    List<String> arguments = new ArrayList<>(shipped.arguments());
    arguments.add("--lease-namespace=" + Deployment.NAMESPACE);
    Path pauses = controlPlane.directory().resolve("operator-gc.log");
    Map<String, String> environment = new HashMap<>(pod);
    environment.putAll(JvmWatch.environment(pauses));
    environment.put("MDEV_HTTP_PORT", Integer.toString(port));
    long before = workingLines(log);
    long begin = System.nanoTime();
    process =
        OperatorProcess.start(
            shipped.environment(archive, environment), log, arguments.toArray(String[]::new));
    watch = JvmWatch.begin(process.pid(), pauses);
    starts++;
    URI readyz = URI.create("http://127.0.0.1:" + port + "/readyz");
    HttpClient client = HttpClient.newHttpClient();
    Patience.until(
        "the operator to be ready",
        READY,
        () -> isOk(client, readyz) && workingLines(log) > before,
        () -> "see " + log);
    ready = Duration.ofNanos(System.nanoTime() - begin);
    ClassArchive.requireUsed(archive, process.pid());
  }

  /** Ends it as Kubernetes would and starts it again; returns when it works. */
  void restart() {
    close();
    begin();
  }

  /** Starts it again if it has ended by itself, as a kubelet does; returns when it works. */
  void restartIfEnded() {
    if (!process.isAlive()) {
      restart();
    }
  }

  /** How often it was started so far. */
  int starts() {
    return starts;
  }

  private static boolean isOk(HttpClient client, URI page) {
    try {
      HttpRequest request = HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(5)).build();
      return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // it does not listen yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static long workingLines(Path log) {
    if (!Files.exists(log)) {
      return 0;
    }
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.endsWith("is known; working")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How long it took the last time from the start of the process until it worked. */
  Duration ready() {
    return ready;
  }

  /**
   * What it has taken so far.
   *
   * @throws IllegalStateException if it has ended
   */
  ProcessFigures figures() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the operator has ended: see operator.log");
    }
    return watch.figures();
  }

  /** Its pauses and threads so far. */
  JvmWatch watch() {
    return watch;
  }

  @Override
  public void close() {
    watch.close();
    process.close();
  }
}
