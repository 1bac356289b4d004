package io.mdevmigration.e2e.chaos;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.e2e.fleet.Fleet;
import io.mdevmigration.e2e.fleet.SimulatedNode;
import io.mdevmigration.e2e.proxy.Faults;
import io.mdevmigration.e2e.proxy.Link;
import io.mdevmigration.e2e.simulated.SimulatedDriver;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.operator.label.LabelTable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The stage on a real API server: simulated kernels, real daemons, the real operator. */
final class World implements Stage, AutoCloseable {
  private static final int CONFLICT = 409;

  private final Cluster cluster;
  private final KubernetesClient client;
  private final Journal journal;
  private final long seed;
  private final Fleet fleet;
  private final Map<String, Way> ways = new ConcurrentHashMap<>();
  private final Operators operators;
  private final GarbageCollector garbage;
  private final Set<String> askedAgain = new HashSet<>();
  private CompletableFuture<Void> servers = CompletableFuture.completedFuture(null);
  private final People people;
  private int panics;

  World(Cluster cluster, Journal journal, Schedule schedule, LabelTable table) {
    this.cluster = requireNonNull(cluster, "cluster");
    this.client = cluster.client();
    this.journal = requireNonNull(journal, "journal");
    this.seed = schedule.seed();
    this.people = new People(client, schedule.panicking());
    this.fleet =
        Fleet.of(
            client, node -> cluster.config("mdev-node/chaos", way(node).next()), Settings.DAEMON);
    this.operators =
        new Operators(cluster, way(Storm.OPERATOR), schedule.shape().operator(), table);
    this.garbage = new GarbageCollector(client);
  }

  /** What the API server has now. */
  List<Node> nodes() {
    return client.nodes().list().getItems();
  }

  /** Ends everything that hurts, and starts whatever does not run. */
  void heal() {
    ways.values().forEach(Way::heal);
    servers.join();
    operators.start();
    // A daemon looks at its object every 10 minutes: too long to wait for.
    fleet.nodes().forEach(node -> toWay(node.name(), Way::renew));
    fleet.nodes().forEach(node -> start(node.name()));
    for (String node : askedAgain) {
      if (node(node).isPresent()) {
        Cluster.persist("have " + node + " asked again", () -> people.askAgain(node));
      }
    }
    releaseAll();
  }

  /** Nodes whose kernel has panicked boot, each with what is loaded there. */
  void rebootPanicked() {
    for (SimulatedNode node : fleet.nodes()) {
      if (node.kernel().hasPanicked()) {
        panics++;
        kill(node.name());
        node.kernel().reboot();
        comeUp(node.name());
      }
    }
  }

  /** How often a kernel has panicked. */
  int panics() {
    return panics;
  }

  /** How often a kernel may have panicked. */
  int panicsExcused() {
    return 1 + people.excuses();
  }

  /** An admin lets every class be tried again that is suspected without being guilty. */
  void retrySuspected() {
    people.retrySuspected();
  }

  /** Calls that hang in any driver go on. */
  void releaseAll() {
    fleet.nodes().forEach(node -> node.kernel().releaseHangs());
  }

  @Override
  public void close() {
    ways.values().forEach(Way::heal);
    servers.join();
    garbage.close();
    operators.kill();
    releaseAll();
    fleet.nodes().forEach(node -> kill(node.name()));
  }

  // ---- nodes and their hardware

  @Override
  public void join(String node, Map<String, String> labels, ModelDriver driver) {
    SimulatedKernel kernel =
        driver.isLoaded() ? SimulatedKernel.with(driver.simulate()) : SimulatedKernel.with();
    try {
      fleet.addWithoutDaemon(node, kernel, labels);
    } catch (KubernetesClientException e) {
      register(fleet.node(node), labels);
    }
    fleet.node(node).startDaemon();
  }

  @Override
  public void leave(String node) {
    kill(node);
    Cluster.persist(
        "delete Node " + node,
        () -> {
          fleet.remove(node);
          return true;
        });
  }

  @Override
  public void recreate(String node, Map<String, String> labels) {
    Cluster.persist("delete Node " + node, () -> client.nodes().withName(node).delete());
    register(fleet.node(node), labels);
  }

  private static void register(SimulatedNode node, Map<String, String> labels) {
    Cluster.persist(
        "create Node " + node.name(),
        () -> {
          try {
            node.register(labels);
          } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
              throw e;
            }
          }
          return true;
        });
  }

  @Override
  public void reload(String node, ModelDriver driver) {
    kernel(node).reload(driver.simulate());
  }

  @Override
  public void unload(String node) {
    kernel(node).unload(ModelDriver.NAME);
  }

  @Override
  public void change(String node, ModelDriver driver) {
    kernel(node).changeSilently(driver.simulate());
  }

  @Override
  public void changeAndAskAgain(String node, ModelDriver driver) {
    change(node, driver);
    askedAgain.add(node);
    try {
      people.askAgain(node);
    } catch (KubernetesClientException e) {
      // Once more when all is well.
    }
  }

  @Override
  public void plug(String node, String parent) {
    kernel(node).addParent(ModelDriver.NAME, parent);
  }

  @Override
  public void unplug(String node, String parent) {
    kernel(node).removeParent(parent);
  }

  @Override
  public void reboot(String node, ModelDriver driver, BootOrder order) {
    kill(node);
    kernel(node)
        .reboot(
            driver.isLoaded() ? new SimulatedDriver[] {driver.simulate()} : new SimulatedDriver[0]);
    if (order == BootOrder.DAEMON_FIRST) {
      start(node);
    }
    comeUp(node);
  }

  private void comeUp(String node) {
    Cluster.persist(
        "report the boot of " + node,
        () -> {
          fleet.node(node).reportBoot();
          return true;
        });
    start(node);
  }

  @Override
  public void release(String node) {
    node(node).ifPresent(there -> there.kernel().releaseHangs());
  }

  private SimulatedKernel kernel(String node) {
    return fleet.node(node).kernel();
  }

  // ---- what people do

  @Override
  public void ask(String name, MigrationCompatibilitySpec spec) {
    people.ask(name, spec);
  }

  @Override
  public void dropAsk(String name) {
    people.dropAsk(name);
  }

  @Override
  public void label(String node, String key, Optional<String> value) {
    people.label(node, key, value);
  }

  @Override
  public void deleteState(String node) {
    people.deleteState(node);
  }

  @Override
  public void emptyChecks(String node) {
    people.emptyChecks(node);
  }

  // ---- network and processes

  @Override
  public void faults(String part, Faults faults) {
    toWay(part, way -> way.faults(faults));
  }

  @Override
  public void link(String part, Link link) {
    toWay(part, way -> way.link(link));
  }

  @Override
  public void hang(String part) {
    toWay(part, Way::hang);
  }

  @Override
  public void cut(String part) {
    toWay(part, Way::cut);
  }

  @Override
  public void kill(String part) {
    if (part.equals(Storm.OPERATOR)) {
      operators.kill();
    } else {
      way(part).end();
      node(part).ifPresent(SimulatedNode::killDaemon);
    }
  }

  @Override
  public void start(String part) {
    if (part.equals(Storm.OPERATOR)) {
      operators.start();
    } else {
      node(part).filter(node -> !node.isDaemonRunning()).ifPresent(SimulatedNode::startDaemon);
    }
  }

  @Override
  public void restart(String part) {
    if (part.equals(Storm.OPERATOR)) {
      operators.stop();
    } else {
      node(part).ifPresent(SimulatedNode::stopDaemon);
    }
    start(part);
  }

  @Override
  public void killApiServer() {
    servers = servers.thenRunAsync(cluster.controlPlane()::restartApiServer);
  }

  @Override
  public void killEtcd() {
    servers = servers.thenRunAsync(cluster.controlPlane()::restartEtcd);
  }

  private Optional<SimulatedNode> node(String name) {
    return fleet.nodes().stream().filter(node -> node.name().equals(name)).findFirst();
  }

  private Way way(String part) {
    return ways.computeIfAbsent(
        part,
        p ->
            new Way(
                p,
                cluster.upstream(),
                p.equals(Storm.OPERATOR) ? journal : journal.faultsAlone(),
                seed));
  }

  private void toWay(String part, Consumer<Way> what) {
    Optional.ofNullable(ways.get(part)).ifPresent(what);
  }
}
