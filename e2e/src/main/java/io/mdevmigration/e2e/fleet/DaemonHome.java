package io.mdevmigration.e2e.fleet;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.node.publish.Connection;
import io.mdevmigration.node.publish.DaemonThreads;

/** What a daemon has besides its kernel: a connection and threads. */
sealed interface DaemonHome {
  /** As whom it asks the API server. */
  KubernetesClient client();

  /** Where it works. */
  DaemonThreads threads();

  /** Called after the daemon was closed. */
  void leave();

  /**
   * Called instead of closing the daemon: whatever it does, nothing of it reaches anyone any more.
   *
   * @throws UnsupportedOperationException if others live here as well
   */
  void destroy();

  /** A connection and threads of its own, as a process has. */
  record Own(KubernetesClient client, DaemonThreads threads) implements DaemonHome {
    public Own {
      requireNonNull(client, "client");
      requireNonNull(threads, "threads");
    }

    static Own of(Config config) {
      return new Own(Connection.open(config), DaemonThreads.create(1));
    }

    @Override
    public void leave() {
      threads.shutdown();
      client.close();
    }

    @Override
    public void destroy() {
      threads.shutdown();
      client.close();
    }
  }

  /** Threads that a whole fleet has together, and a connection that outlives the daemon. */
  record Shared(KubernetesClient client, DaemonThreads threads) implements DaemonHome {
    public Shared {
      requireNonNull(client, "client");
      requireNonNull(threads, "threads");
    }

    @Override
    public void leave() {
      // whoever brought them ends them
    }

    @Override
    public void destroy() {
      throw new UnsupportedOperationException(
          "daemons that share threads cannot be killed one by one");
    }
  }
}
