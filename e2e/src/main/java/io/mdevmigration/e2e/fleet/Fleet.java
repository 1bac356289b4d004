package io.mdevmigration.e2e.fleet;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.publish.AdmissionPolicies;
import io.mdevmigration.node.publish.DaemonOptions;
import io.mdevmigration.node.publish.DaemonThreads;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * Simulated nodes of one API server. Whatever their options say, the daemons do without the
 * admission policies, because they ask as a user who belongs to no node; but for those of {@link
 * #underPolicies}.
 *
 * <p>Nodes may be added from several threads; a node itself is used by one at a time.
 */
public final class Fleet implements AutoCloseable {
  private final KubernetesClient kubelet;
  private final Function<String, DaemonHome> homes;
  private final DaemonOptions options;
  private final Clock clock;
  private final Map<String, SimulatedNode> nodes = new ConcurrentSkipListMap<>();

  private Fleet(
      KubernetesClient kubelet,
      Function<String, DaemonHome> homes,
      DaemonOptions options,
      Clock clock) {
    this.kubelet = requireNonNull(kubelet, "kubelet");
    this.homes = homes;
    this.options = requireNonNull(options, "options");
    this.clock = requireNonNull(clock, "clock");
  }

  /**
   * A fleet whose daemons each have a connection and threads of their own, as processes have: up to
   * some hundred nodes.
   *
   * @param kubelet who writes Node objects; stays open
   * @param daemons as whom the daemons ask the API server, and with which user agent
   * @param options how the daemons work
   */
  public static Fleet of(KubernetesClient kubelet, Config daemons, DaemonOptions options) {
    requireNonNull(daemons, "daemons");
    return of(kubelet, node -> daemons, options);
  }

  /**
   * The same, where each daemon has a way of its own to the API server.
   *
   * @param kubelet who writes Node objects; stays open
   * @param daemons gives, at each start of a node's daemon, how this one asks the API server
   * @param options how the daemons work
   */
  public static Fleet of(
      KubernetesClient kubelet, Function<String, Config> daemons, DaemonOptions options) {
    return underPolicies(kubelet, daemons, options.withPolicies(AdmissionPolicies.NOT_REQUIRED));
  }

  /**
   * The same, where the daemons look at the admission policies as the options say: each has to ask
   * with a token that is bound to its node.
   *
   * @param kubelet who writes Node objects; stays open
   * @param daemons gives, at each start of a node's daemon, how this one asks the API server
   * @param options how the daemons work
   */
  public static Fleet underPolicies(
      KubernetesClient kubelet, Function<String, Config> daemons, DaemonOptions options) {
    requireNonNull(daemons, "daemons");
    return new Fleet(
        kubelet, node -> DaemonHome.Own.of(daemons.apply(node)), options, Clock.systemUTC());
  }

  /**
   * A fleet whose daemons share a connection and threads, for thousands of nodes; none of them can
   * be killed.
   *
   * @param kubelet who writes Node objects; stays open
   * @param daemons as whom the daemons ask the API server; stays open
   * @param threads where the daemons work; stay
   * @param options how the daemons work
   */
  public static Fleet sharing(
      KubernetesClient kubelet,
      KubernetesClient daemons,
      DaemonThreads threads,
      DaemonOptions options) {
    DaemonHome home = new DaemonHome.Shared(daemons, threads);
    return new Fleet(
        kubelet,
        node -> home,
        options.withPolicies(AdmissionPolicies.NOT_REQUIRED),
        Clock.systemUTC());
  }

  /**
   * A fleet whose daemons share threads and each have a connection that whoever brought it ends,
   * for thousands of nodes under the admission policies; none of them can be killed.
   *
   * @param kubelet who writes Node objects; stays open
   * @param daemons gives as whom a node's daemon asks the API server, with a token that is bound to
   *     its node; stay open
   * @param threads where the daemons work; stay
   * @param options how the daemons work
   */
  public static Fleet sharingThreads(
      KubernetesClient kubelet,
      Function<String, KubernetesClient> daemons,
      DaemonThreads threads,
      DaemonOptions options) {
    requireNonNull(daemons, "daemons");
    return new Fleet(
        kubelet,
        node -> new DaemonHome.Shared(daemons.apply(node), threads),
        options,
        Clock.systemUTC());
  }

  /** A fleet like this, without nodes, whose daemons live in another time. */
  public Fleet withClock(Clock other) {
    return new Fleet(kubelet, homes, options, other);
  }

  /**
   * A fleet like this, without nodes, whose daemons work otherwise; they need the policies or do
   * without as these do.
   */
  public Fleet withOptions(DaemonOptions other) {
    return new Fleet(kubelet, homes, other.withPolicies(options.policies()), clock);
  }

  /** Adds a node: creates the Node object and starts the daemon. */
  public SimulatedNode add(String name, SimulatedKernel kernel) {
    return add(name, kernel, Map.of());
  }

  /** Adds a node with these labels besides the kubelet's own. */
  public SimulatedNode add(String name, SimulatedKernel kernel, Map<String, String> labels) {
    SimulatedNode node = addWithoutDaemon(name, kernel, labels);
    node.startDaemon();
    return node;
  }

  /** Adds a node whose daemon does not run yet: creates the Node object alone. */
  public SimulatedNode addWithoutDaemon(
      String name, SimulatedKernel kernel, Map<String, String> labels) {
    SimulatedNode node =
        new SimulatedNode(name, kernel, kubelet, () -> homes.apply(name), options, clock);
    if (nodes.putIfAbsent(name, node) != null) {
      throw new IllegalArgumentException("there is a node " + name + " already");
    }
    node.register(labels);
    return node;
  }

  /**
   * The node of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public SimulatedNode node(String name) {
    SimulatedNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name);
    }
    return node;
  }

  /** Every node, by name. */
  public List<SimulatedNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Stops every daemon in good order. */
  public void stopDaemons() {
    nodes().forEach(SimulatedNode::stopDaemon);
  }

  /** Starts the daemons of all nodes; none may run. */
  public void startDaemons() {
    nodes().forEach(SimulatedNode::startDaemon);
  }

  /** Stops every daemon, then starts them all. */
  public void restartDaemons() {
    stopDaemons();
    startDaemons();
  }

  /** Takes a node out of the cluster; see {@link SimulatedNode#remove()}. */
  public void remove(String name) {
    node(name).remove();
    nodes.remove(name);
  }

  /** Takes every node out of the cluster. */
  public void removeAll() {
    nodes().forEach(node -> remove(node.name()));
  }

  /** Stops the daemons; the objects stay. */
  @Override
  public void close() {
    stopDaemons();
  }
}
