package io.mdevmigration.e2e.operator;

import io.mdevmigration.e2e.controlplane.ControlPlane;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Two replicas of the operator as it is shipped. One that ends by itself, as a leader without an
 * API server does, is started again, as a kubelet sees to it.
 */
final class Replicas implements AutoCloseable {
  private static final int COUNT = 2;
  private static final long LOOK_MILLIS = 500;

  private final ControlPlane controlPlane;
  private final String[] arguments;
  private final List<OperatorProcess> processes = new ArrayList<>();
  private final ScheduledExecutorService kubelet = Executors.newSingleThreadScheduledExecutor();

  private Replicas(ControlPlane controlPlane, String... arguments) {
    this.controlPlane = controlPlane;
    this.arguments = arguments;
  }

  /** Starts them; returns at once. */
  static Replicas start(ControlPlane controlPlane, String... arguments) {
    Replicas replicas = new Replicas(controlPlane, arguments);
    var unused =
        replicas.kubelet.scheduleWithFixedDelay(
            replicas::startMissing, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    return replicas;
  }

  private void startMissing() {
    processes.removeIf(process -> !process.isAlive());
    while (processes.size() < COUNT) {
      processes.add(OperatorProcess.start(controlPlane, arguments));
    }
  }

  /** Ends both with SIGTERM: the Lease is free then. */
  @Override
  public void close() {
    kubelet.shutdown();
    try {
      if (!kubelet.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("a replica of the operator does not start");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    processes.forEach(OperatorProcess::close);
  }
}
