package io.mdevmigration.e2e.chaos;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.e2e.controlplane.ControlPlane;
import io.mdevmigration.e2e.controlplane.CustomResources;
import io.mdevmigration.e2e.proxy.ApiProxy;
import io.mdevmigration.e2e.proxy.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** The control plane that all runs of a program share, and the harness's own way to it. */
final class Cluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final Upstream upstream;

  private Cluster(ControlPlane controlPlane) {
    this.controlPlane = requireNonNull(controlPlane, "controlPlane");
    this.client = controlPlane.client("chaos");
    this.upstream = Upstream.tls(controlPlane.port(), controlPlane.apiServerCertificate());
  }

  /** On a control plane without this project's resources, which is closed with it. */
  static Cluster on(ControlPlane controlPlane) {
    CustomResources.install(controlPlane);
    return new Cluster(controlPlane);
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  /** The harness's own client, which nothing hurts but the end of a server. */
  KubernetesClient client() {
    return client;
  }

  Upstream upstream() {
    return upstream;
  }

  /** How a client behind a proxy asks the API server. */
  Config config(String userAgent, ApiProxy proxy) {
    return new ConfigBuilder(controlPlane.config(userAgent))
        .withMasterUrl(proxy.url())
        .withRequestTimeout((int) Settings.REQUEST.toMillis())
        .build();
  }

  /** Does something until the API server has done it, whatever ends meanwhile. */
  static <T> T persist(String what, Supplier<T> call) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return call.get();
      } catch (KubernetesClientException e) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("the harness could not " + what, e);
        }
      }
      pause(Duration.ofMillis(50));
    }
  }

  /** Waits until something holds; whether it did in time. */
  static boolean await(Duration atMost, Callable<Boolean> holds) {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      try {
        if (holds.call()) {
          return true;
        }
      } catch (KubernetesClientException e) {
        // not now
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      if (System.nanoTime() > end) {
        return false;
      }
      pause(Duration.ofMillis(40));
    }
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Deletes whatever a run has left. */
  void clear() {
    for (Class<? extends HasMetadata> kind :
        List.of(MigrationCompatibility.class, MdevNodeState.class, Node.class)) {
      persist("delete every " + kind.getSimpleName(), () -> client.resources(kind).delete());
      persist(
          "see every " + kind.getSimpleName() + " gone",
          () -> {
            if (!client.resources(kind).list().getItems().isEmpty()) {
              throw new KubernetesClientException("some are left");
            }
            return true;
          });
    }
  }

  @Override
  public void close() {
    client.close();
    controlPlane.close();
  }
}
