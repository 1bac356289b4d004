package io.mdevmigration.node.publish;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.node.posix.Posix;
import java.time.Clock;

/** One node's daemon: keeps the node's MdevNodeState from {@link #start()} to {@link #close()}. */
public final class NodeDaemon implements AutoCloseable {
  /**
   * A daemon with threads of its own.
   *
   * @param posix the node's kernel
   * @param client as whom the API server is asked; stays open when the daemon is closed
   * @param nodeName the Node's, and so the MdevNodeState's, name
   * @param options how it works
   * @param clock what the time is
   */
  public NodeDaemon(
      Posix posix, KubernetesClient client, String nodeName, DaemonOptions options, Clock clock) {
    this(posix, client, nodeName, options, clock, DaemonThreads.create(1));
  }

  /** A daemon on shared threads, which stay when it is closed. */
  public NodeDaemon(
      Posix posix,
      KubernetesClient client,
      String nodeName,
      DaemonOptions options,
      Clock clock,
      DaemonThreads threads) {
    requireNonNull(posix, "posix");
    requireNonNull(client, "client");
    requireNonNull(nodeName, "nodeName");
    requireNonNull(options, "options");
    requireNonNull(clock, "clock");
    requireNonNull(threads, "threads");
  }

  /** Begins to work, in the background. */
  public void start() {}

  /** Has the mdev tree read again now, in the background. */
  public void rescan() {}

  /** Ends the work; the MdevNodeState stays as it is. */
  @Override
  public void close() {}
}
