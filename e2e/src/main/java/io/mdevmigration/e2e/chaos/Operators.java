package io.mdevmigration.e2e.chaos;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.mdevmigration.crds.ClientSerialization;
import io.mdevmigration.e2e.chaos.Schedule.OperatorKind;
import io.mdevmigration.e2e.operator.OperatorProcess;
import io.mdevmigration.e2e.proxy.ApiProxy;
import io.mdevmigration.operator.MdevOperator;
import io.mdevmigration.operator.label.LabelTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The operator's instances, one after the other: one that ends by itself is followed by another, as
 * a kubelet sees to it.
 */
final class Operators {
  private static final Duration RESTART = Duration.ofMillis(300);

  private final Cluster cluster;
  private final Way way;
  private final OperatorKind kind;
  private final LabelTable table;
  private Optional<Instance> current = Optional.empty();

  /** An instance. */
  private interface Instance {
    /** Ends it at once; its way has ended before. */
    void kill();

    /** Ends it in good order. */
    void stop();
  }

  Operators(Cluster cluster, Way way, OperatorKind kind, LabelTable table) {
    this.cluster = requireNonNull(cluster, "cluster");
    this.way = requireNonNull(way, "way");
    this.kind = requireNonNull(kind, "kind");
    this.table = requireNonNull(table, "table");
  }

  /** Starts an instance; nothing if one runs. */
  synchronized void start() {
    if (current.isEmpty()) {
      current = Optional.of(kind == OperatorKind.INSIDE ? inside() : process());
    }
  }

  /** Ends the instance as SIGKILL does: nothing of it reaches the API server from now on. */
  synchronized void kill() {
    way.end();
    Optional<Instance> dead = current;
    current = Optional.empty();
    dead.ifPresent(Instance::kill);
  }

  /** Ends the instance in good order. */
  synchronized void stop() {
    Optional<Instance> stopping = current;
    current = Optional.empty();
    stopping.ifPresent(Instance::stop);
    way.end();
  }

  private synchronized void ended(Instance instance) {
    if (current.equals(Optional.of(instance))) {
      kill();
      background(
          "operator-restart",
          () -> {
            Cluster.pause(RESTART);
            start();
          });
    }
  }

  private Instance inside() {
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(cluster.config("mdev-operator/chaos", way.next()))
            .withKubernetesSerialization(ClientSerialization.create())
            .build();
    MdevOperator operator =
        new MdevOperator(client, Settings.OPERATOR, InstantSource.system(), table);
    Instance instance =
        new Instance() {
          @Override
          public void kill() {
            background("operator-burial", this::stop);
          }

          @Override
          public void stop() {
            operator.close();
            client.close();
          }
        };
    background(
        "operator",
        () -> {
          try {
            operator.start();
            operator.failed().toCompletableFuture().join();
          } catch (RuntimeException e) {
            // As the process would end: whoever watches over it starts the next.
          }
          ended(instance);
        });
    return instance;
  }

  private Instance process() {
    ApiProxy proxy = way.next();
    Path kubeconfig = cluster.controlPlane().directory().resolve("chaos-operator.kubeconfig");
    try {
      String direct = Files.readString(cluster.controlPlane().kubeconfig());
      Files.writeString(
          kubeconfig,
          direct
              .replaceAll("server: \"[^\"]*\"", "server: \"" + proxy.url() + "\"")
              .replaceAll("(?m)^ *certificate-authority-data:.*$", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    OperatorProcess process =
        OperatorProcess.start(
            Map.of(
                "KUBECONFIG",
                kubeconfig.toString(),
                "KUBERNETES_REQUEST_TIMEOUT",
                Long.toString(Settings.REQUEST.toMillis())),
            cluster.controlPlane().directory().resolve("operator.log"),
            Settings.operatorArguments());
    Instance instance =
        new Instance() {
          @Override
          public void kill() {
            process.kill();
          }

          @Override
          public void stop() {
            process.close();
          }
        };
    background(
        "operator-process",
        () -> {
          while (process.isAlive()) {
            Cluster.pause(Duration.ofMillis(100));
          }
          ended(instance);
        });
    return instance;
  }

  private static void background(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
