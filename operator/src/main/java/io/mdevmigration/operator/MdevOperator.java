package io.mdevmigration.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.operator.census.Census;
import io.mdevmigration.operator.census.CensusTaker;
import io.mdevmigration.operator.compatibility.CompatibilityReconciler;
import io.mdevmigration.operator.event.EventWriter;
import io.mdevmigration.operator.event.Events;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.fleet.ReportChange;
import io.mdevmigration.operator.kubevirt.KubeVirtMigrations;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.operator.node.KeyedQueue;
import io.mdevmigration.operator.node.LiveLists;
import io.mdevmigration.operator.node.NodeMetrics;
import io.mdevmigration.operator.node.NodeReconciler;
import io.mdevmigration.operator.node.NodeWriter;
import io.mdevmigration.operator.node.Unwanted;
import io.mdevmigration.operator.node.Versions;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import io.mdevmigration.operator.source.Compatibilities.Change;
import io.mdevmigration.operator.trial.Happening;
import io.mdevmigration.operator.trial.Trials;
import io.mdevmigration.operator.watch.Follower;
import io.mdevmigration.operator.watch.MonotonicClock;
import io.mdevmigration.operator.watch.Resources;
import io.mdevmigration.operator.watch.Rhythm;
import io.mdevmigration.telemetry.Counter;
import io.mdevmigration.telemetry.Label;
import io.mdevmigration.telemetry.Meters;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator: watches nodes, their states and the MigrationCompatibility objects, has the nodes
 * asked and labels those that accept. All state is in the API; what is held here is a cache.
 */
public final class MdevOperator implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MdevOperator.class);

  /** Longer than what one node's work may take, with all its requests and a list of everything. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Fleet fleet = new Fleet();
  private final Compatibilities compatibilities = new Compatibilities(fleet);
  private final Trials trials;
  private final Versions nodeVersions;
  private final Versions stateVersions;
  private final EventWriter eventWriter;
  private final KeyedQueue queue;
  private final Statuses statuses;
  private final Follower<Node> nodes;
  private final Follower<MdevNodeState> states;
  private final Follower<MigrationCompatibility> asked;
  private final Optional<KubeVirtMigrations> migrations;
  private final CensusTaker census;
  private final NodeMetrics nodeMetrics;
  private final ReconcileTimes times;
  private volatile boolean leading;
  private volatile boolean watching;

  /**
   * An operator that does nothing until it is started.
   *
   * @param client who reads and writes; stays open when the operator is closed
   * @param options how it works
   * @param clock the time
   */
  public MdevOperator(KubernetesClient client, OperatorOptions options, InstantSource clock) {
    this(client, options, clock, LabelTable.DESIGN, Optional.empty(), Meters.none());
  }

  /**
   * An operator that does nothing until it is started, and then does something about KubeVirt's
   * migrations, too.
   *
   * @param client who reads and writes; stays open when the operator is closed
   * @param options how it works
   * @param clock the time
   * @param kubeVirt what is done about migrations; empty: nothing
   * @param meters where what happens is counted
   */
  public MdevOperator(
      KubernetesClient client,
      OperatorOptions options,
      InstantSource clock,
      Optional<KubeVirtSettings> kubeVirt,
      Meters meters) {
    this(client, options, clock, LabelTable.DESIGN, kubeVirt, meters);
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
    this(client, options, clock, table, Optional.empty(), Meters.none());
  }

  private MdevOperator(
      KubernetesClient client,
      OperatorOptions options,
      InstantSource clock,
      LabelTable table,
      Optional<KubeVirtSettings> kubeVirt,
      Meters meters) {
    InstantSource uptime = new MonotonicClock();
    nodeVersions = new Versions(uptime);
    stateVersions = new Versions(uptime);
    Rhythm rhythm = Rhythm.withRelist(options.relist());
    nodes = follow(client, Node.class, "nodes", new Nodes(), rhythm, uptime);
    states = follow(client, MdevNodeState.class, "mdevnodestates", new States(), rhythm, uptime);
    asked =
        follow(
            client,
            MigrationCompatibility.class,
            "migrationcompatibilities",
            new AskedObjects(),
            rhythm,
            uptime);
    trials = new Trials(fleet, compatibilities, options.trials());
    Events events = new Events(compatibilities, Events.Rate.DEFAULT, clock);
    eventWriter = new EventWriter(client, events, clock);
    migrations =
        kubeVirt.map(
            settings ->
                new KubeVirtMigrations(
                    client, settings, fleet, compatibilities, events, rhythm, clock, meters));
    nodeMetrics = new NodeMetrics(meters, System::nanoTime);
    times = new ReconcileTimes(meters);
    NodeReconciler reconciler =
        new NodeReconciler(
            fleet,
            compatibilities,
            table,
            trials,
            new NodeWriter(client),
            events,
            nodeMetrics,
            new LiveLists(
                new Unwanted.Live(fleet, compatibilities),
                this::refresh,
                options.unwantedGrace().dividedBy(10),
                uptime),
            options.unwantedGrace(),
            clock,
            this::wrote,
            this::wrote);
    queue = new KeyedQueue(options.nodeWorkers(), name -> handle(reconciler, name));
    Counter trialEvents =
        meters.counter(
            "trial.events", "What happened to trials.", new Label<>("event", Happening.Kind.class));
    statuses =
        new Statuses(
            client,
            () ->
                new CompatibilityReconciler(
                    fleet, compatibilities, trials, events, trialEvents, clock),
            rhythm.page(),
            times);
    census =
        new CensusTaker(meters, () -> Census.of(fleet, compatibilities, table, clock.instant()));
    meters.gauge("leads", "1 while this replica works.", () -> leading ? 1 : 0);
    meters.gauge("queue.length", "Nodes that wait to be looked at.", queue::length);
  }

  private static <T extends HasMetadata> Follower<T> follow(
      KubernetesClient client,
      Class<T> type,
      String plural,
      Follower.Listener<T> listener,
      Rhythm rhythm,
      InstantSource uptime) {
    return new Follower<>(
        plural, Resources.of(client, type, rhythm.page()), listener, rhythm, uptime);
  }

  /** Starts watching and working; returns when everything has been read once. */
  public void start() {
    watch();
    work();
  }

  /**
   * Starts watching alone, as a standby does, and writes nothing; returns when everything has been
   * read once.
   */
  public void watch() {
    CompletableFuture.allOf(nodes.start(), states.start()).join();
    // The objects' sources are resolved once, when all that publishes is known.
    asked.start().join();
    watching = true;
    log.info(
        "watching {} node(s), {} with a state, and {} migrationcompatibility object(s)",
        nodes.size(),
        states.size(),
        asked.size());
    census.start();
    migrations.ifPresent(KubeVirtMigrations::start);
  }

  /**
   * Has this replica start working, as a new leader does: by what is known already, but only once
   * that has all that the former leader wrote. Completes when it works.
   */
  public CompletableFuture<Void> lead() {
    return refresh().thenRun(this::work);
  }

  private void work() {
    leading = true;
    eventWriter.start();
    statuses.start();
    migrations.ifPresent(KubeVirtMigrations::lead);
    lookAtAllNodes();
  }

  private CompletableFuture<Void> refresh() {
    return CompletableFuture.allOf(nodes.refresh(), states.refresh(), asked.refresh());
  }

  /** Completes with what happened when the operator cannot go on; never otherwise. */
  public CompletionStage<String> failed() {
    CompletionStage<String> any =
        nodes
            .failed()
            .applyToEither(states.failed(), what -> what)
            .applyToEither(asked.failed(), what -> what);
    return migrations.map(m -> any.applyToEither(m.failed(), what -> what)).orElse(any);
  }

  /** What is done about KubeVirt's migrations. */
  public Optional<KubeVirtMigrations> migrations() {
    return migrations;
  }

  /**
   * What only a new start would mend: something can no longer be followed, or the work on the nodes
   * or on KubeVirt's objects stands still. An API server that does not answer is not the operator's
   * own: every request ends.
   */
  public Optional<String> stuck() {
    if (failed().toCompletableFuture().isDone()) {
      return Optional.of("the operator cannot follow what is stored any more");
    }
    return Stream.concat(
            Stream.of(queue.standsStill()),
            migrations.stream().map(KubeVirtMigrations::standsStill))
        .max(Duration::compareTo)
        .filter(still -> still.compareTo(PATIENCE) > 0)
        .map(still -> "the operator has not gone on for %d s".formatted(still.toSeconds()));
  }

  /** Why this replica does not do its job yet, standing by included; empty once it knows all. */
  public Optional<String> unready() {
    return watching
        ? migrations.flatMap(KubeVirtMigrations::unready)
        : Optional.of("not everything has been read once yet");
  }

  private void handle(NodeReconciler reconciler, String name) {
    times.node(() -> reconciler.reconcile(name).ifPresent(delay -> queue.addAfter(name, delay)));
  }

  private void lookAtAllNodes() {
    fleet.nodes().forEach(node -> look(node.name()));
  }

  private void look(String node) {
    // A standby writes nothing. And before everything has been read once, what is wanted only seems
    // to be wanted by nobody.
    if (leading) {
      queue.add(node);
    }
  }

  /** Whoever tries a class goes before the thousands that may wait for it. */
  private void lookAtTriers(String digest) {
    if (leading) {
      trials.nodesOf(digest).forEach(queue::addFirst);
    }
  }

  private final class Nodes implements Follower.Listener<Node> {
    @Override
    public void listed(Node node, Instant began) {
      observe(node, (name, version) -> nodeVersions.isNewInList(name, version, began));
    }

    @Override
    public void told(Node node) {
      observe(node, nodeVersions::isNewEvent);
    }

    @Override
    public void removed(String name) {
      synchronized (MdevOperator.this) {
        nodeVersions.deleted(name);
        fleet.removeNode(name);
        selectionChanged(name);
      }
    }
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

  private final class States implements Follower.Listener<MdevNodeState> {
    @Override
    public void listed(MdevNodeState state, Instant began) {
      observe(state, (name, version) -> stateVersions.isNewInList(name, version, began));
    }

    @Override
    public void told(MdevNodeState state) {
      observe(state, stateVersions::isNewEvent);
    }

    @Override
    public void removed(String name) {
      synchronized (MdevOperator.this) {
        stateVersions.deleted(name);
        nodeMetrics.gone(name);
        reportChanged(name, fleet.removeReport(name));
      }
    }
  }

  private void wrote(MdevNodeState state) {
    observe(state, stateVersions::isNewWrite);
  }

  private synchronized void observe(MdevNodeState state, BiPredicate<String, String> isNew) {
    String name = state.getMetadata().getName();
    String version = state.getMetadata().getResourceVersion();
    boolean older = stateVersions.isOlder(name, version);
    if (isNew.test(name, version)) {
      NodeReport report = NodeReport.of(state);
      if (leading) {
        fleet.report(name).ifPresent(before -> nodeMetrics.reported(before, report));
      }
      reportChanged(name, older ? fleet.putOlder(report) : fleet.put(report));
    }
  }

  private final class AskedObjects implements Follower.Listener<MigrationCompatibility> {
    private final Map<String, String> listed = new HashMap<>();

    @Override
    public void listed(MigrationCompatibility object, Instant began) {
      listed.put(object.getMetadata().getName(), object.getMetadata().getResourceVersion());
      told(object);
    }

    @Override
    public void told(MigrationCompatibility object) {
      Change change = compatibilities.put(object);
      changed(change);
      if (change.anew()) {
        statuses.touch(object.getMetadata().getName());
      }
    }

    @Override
    public void removed(String name) {
      if (compatibilities.remove(name)) {
        statuses.forget(name);
        changed(Change.EVERYTHING);
      }
    }

    @Override
    public void complete(boolean watchEnded) {
      if (statuses.versions().filter(known -> watchEnded || !known.equals(listed)).isPresent()) {
        statuses.start();
      }
      listed.clear();
    }
  }

  /** An object has come, changed or gone, or records something else about trials. */
  private void changed(Change change) {
    if (change.anew()) {
      lookAtAllNodes();
    }
    for (String digest : change.trials()) {
      lookAtTriers(digest);
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
    // A class that is asked about nowhere any more makes room for another of its node.
    boolean anew = (change.whole() || change.released()) && compatibilities.selectionChanged();
    for (String type : change.sources()) {
      anew |= compatibilities.publicationChanged(type);
    }
    if (anew) {
      lookAtAllNodes();
    }
    change.tried().forEach(pair -> fleet.serversOf(pair.type(), pair.driver()).forEach(this::look));
    change.trying().forEach(this::lookAtTriers);
    look(node);
    compatibilities.all().stream()
        .filter(asked -> change.whole() || change.types().contains(asked.spec().mdevType()))
        .map(Asked::name)
        .forEach(statuses::touch);
  }

  /** Begins nothing more, waits for what is being written (up to 5 s each), and ends. */
  @Override
  public void close() {
    leading = false;
    census.close();
    migrations.ifPresent(KubeVirtMigrations::close);
    statuses.close();
    queue.close();
    eventWriter.close();
    nodes.close();
    states.close();
    asked.close();
  }
}
