package io.mdevmigration.operator;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.Operator;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.operator.compatibility.CompatibilityReconciler;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.Fleet.ReportChange;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.operator.node.KeyedQueue;
import io.mdevmigration.operator.node.LiveLists;
import io.mdevmigration.operator.node.NodeReconciler;
import io.mdevmigration.operator.node.NodeWriter;
import io.mdevmigration.operator.node.Versions;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import io.mdevmigration.operator.source.Compatibilities.Change;
import io.mdevmigration.operator.trial.Trials;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator: watches nodes, their states and the MigrationCompatibility objects, has the nodes
 * asked and labels those that accept. All state is in the API; what is held here is a cache.
 */
public final class MdevOperator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MdevOperator.class);
  private static final long PAGE = 500;

  private final Fleet fleet = new Fleet();
  private final Compatibilities compatibilities = new Compatibilities(fleet);
  private final Trials trials;
  private final Versions nodeVersions;
  private final Versions stateVersions;
  private final KeyedQueue queue;
  private final CompatibilityReconciler statuses;
  private final SharedIndexInformer<Node> nodes;
  private final SharedIndexInformer<MdevNodeState> states;
  private final Operator framework;
  private final CompletableFuture<String> failed = new CompletableFuture<>();
  private volatile boolean started;
  private volatile boolean closing;

  /**
   * An operator that does nothing until it is started.
   *
   * @param client who reads and writes; stays open when the operator is closed
   * @param options how it works
   * @param clock the time
   */
  public MdevOperator(KubernetesClient client, OperatorOptions options, InstantSource clock) {
    this(client, options, clock, LabelTable.DESIGN);
  }

  /**
   * An operator that decides by another table than the design's, for tests that have to notice.
   *
   * @param client who reads and writes; stays open when the operator is closed
   * @param options how it works
   * @param clock the time
   * @param table which label a node gets, keeps and loses
   */
  public MdevOperator(
      KubernetesClient client, OperatorOptions options, InstantSource clock, LabelTable table) {
    nodeVersions = new Versions(clock);
    stateVersions = new Versions(clock);
    trials = new Trials(fleet, compatibilities, options.trials());
    NodeReconciler reconciler =
        new NodeReconciler(
            fleet,
            compatibilities,
            table,
            trials,
            new NodeWriter(client),
            new LiveLists(client, options.unwantedGrace().dividedBy(10), clock),
            options.unwantedGrace(),
            clock,
            this::wrote,
            this::wrote);
    queue = new KeyedQueue(options.nodeWorkers(), name -> handle(reconciler, name));
    statuses = new CompatibilityReconciler(fleet, compatibilities, trials, this::changed, clock);
    nodes = client.nodes().withLimit(PAGE).runnableInformer(0);
    states = client.resources(MdevNodeState.class).withLimit(PAGE).runnableInformer(0);
    framework =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withConcurrentReconciliationThreads(4));
    framework.register(statuses);
  }

  /** Starts watching and working; returns when everything has been read once. */
  public void start() {
    watch("nodes", nodes).toCompletableFuture().join();
    watch("mdevnodestates", states).toCompletableFuture().join();
    nodes.addEventHandler(handler(this::observe, this::removed));
    states.addEventHandler(handler(this::observe, this::removed));
    readFirstLists();
    framework.start();
    started = true;
    lookAtAllNodes();
    log.info(
        "watching {} node(s), {} with a state",
        nodes.getStore().list().size(),
        states.getStore().list().size());
  }

  /**
   * Takes the first lists over at once. The handlers are told of them too, but may still be at it
   * when the statuses are looked at for the first time. Locked, so that what is deleted meanwhile
   * is taken out behind this and not before.
   */
  private synchronized void readFirstLists() {
    nodes.getStore().list().forEach(this::observe);
    states.getStore().list().forEach(this::observe);
  }

  /** Completes with what happened when the operator cannot go on; never otherwise. */
  public CompletionStage<String> failed() {
    return failed;
  }

  private CompletionStage<Void> watch(String what, SharedIndexInformer<?> informer) {
    informer
        .stopped()
        .whenComplete(
            (nothing, cause) -> {
              if (!closing) {
                failed.complete("the watch of " + what + " ended: " + cause);
              }
            });
    return informer.start();
  }

  private void handle(NodeReconciler reconciler, String name) {
    reconciler.reconcile(name).ifPresent(delay -> queue.addAfter(name, delay));
  }

  private void lookAtAllNodes() {
    fleet.nodes().forEach(node -> look(node.name()));
  }

  private void look(String node) {
    // Before everything has been read once, what is wanted only seems to be wanted by nobody.
    if (started) {
      queue.add(node);
    }
  }

  private void observe(Node node) {
    observe(node, nodeVersions::isNewEvent);
  }

  private void wrote(Node node) {
    observe(node, nodeVersions::isNewWrite);
  }

  private synchronized void observe(Node node, BiPredicate<String, String> isNew) {
    String name = node.getMetadata().getName();
    if (isNew.test(name, node.getMetadata().getResourceVersion())) {
      switch (fleet.put(NodeFacts.of(node))) {
        case NOTHING -> {}
        case OWN_LABELS -> look(name);
        case SELECTION -> selectionChanged(name);
      }
    }
  }

  private synchronized void removed(Node node) {
    String name = node.getMetadata().getName();
    nodeVersions.deleted(name, node.getMetadata().getResourceVersion());
    fleet.removeNode(name);
    selectionChanged(name);
  }

  private void observe(MdevNodeState state) {
    observe(state, stateVersions::isNewEvent);
  }

  private void wrote(MdevNodeState state) {
    observe(state, stateVersions::isNewWrite);
  }

  private synchronized void observe(MdevNodeState state, BiPredicate<String, String> isNew) {
    String name = state.getMetadata().getName();
    if (isNew.test(name, state.getMetadata().getResourceVersion())) {
      reportChanged(name, fleet.put(NodeReport.of(state)));
    }
  }

  private synchronized void removed(MdevNodeState state) {
    String name = state.getMetadata().getName();
    stateVersions.deleted(name, state.getMetadata().getResourceVersion());
    reportChanged(name, fleet.removeReport(name));
  }

  /** An object has come, changed or gone, or records something else about trials. */
  private void changed(Change change) {
    if (change.anew()) {
      lookAtAllNodes();
    }
    for (String digest : change.trials()) {
      trials.nodesOf(digest).forEach(this::look);
      compatibilities.all().stream()
          .filter(asked -> asked.asksAbout(digest))
          .map(Asked::name)
          .forEach(statuses::touch);
    }
  }

  private void selectionChanged(String node) {
    if (compatibilities.selectionChanged()) {
      lookAtAllNodes();
    }
    compatibilities.all().stream().map(Asked::name).forEach(statuses::touch);
    look(node);
  }

  private void reportChanged(String node, ReportChange change) {
    if (change.isNothing()) {
      return;
    }
    boolean anew = change.whole() && compatibilities.selectionChanged();
    for (String type : change.sources()) {
      anew |= compatibilities.publicationChanged(type);
    }
    if (anew) {
      lookAtAllNodes();
    }
    change.tried().forEach(pair -> fleet.serversOf(pair.type(), pair.driver()).forEach(this::look));
    change.trying().forEach(digest -> trials.nodesOf(digest).forEach(this::look));
    look(node);
    compatibilities.all().stream()
        .filter(asked -> change.whole() || change.types().contains(asked.spec().mdevType()))
        .map(Asked::name)
        .forEach(statuses::touch);
  }

  private static <T> ResourceEventHandler<T> handler(Consumer<T> put, Consumer<T> removed) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T object) {
        put.accept(object);
      }

      @Override
      public void onUpdate(T before, T after) {
        put.accept(after);
      }

      @Override
      public void onDelete(T object, boolean finalStateUnknown) {
        removed.accept(object);
      }
    };
  }

  @Override
  public void close() {
    closing = true;
    started = false;
    framework.stop();
    queue.close();
    nodes.stop();
    states.stop();
  }
}
