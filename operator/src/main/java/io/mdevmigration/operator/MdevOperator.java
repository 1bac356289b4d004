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
import io.mdevmigration.operator.kubevirt.KubeVirtMigrations;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.operator.node.LiveLists;
import io.mdevmigration.operator.node.NodeMetrics;
import io.mdevmigration.operator.node.NodeReconciler;
import io.mdevmigration.operator.node.NodeWriter;
import io.mdevmigration.operator.node.Unwanted;
import io.mdevmigration.operator.source.Compatibilities;
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
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
  private final EventWriter eventWriter;
  private final NodesToLookAt toLookAt;
  private final Statuses statuses;
  private final Observations observations;
  private final Follower<Node> nodes;
  private final Follower<MdevNodeState> states;
  private final Follower<MigrationCompatibility> asked;
  private final Optional<KubeVirtMigrations> migrations;
  private final CensusTaker census;
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
    Rhythm rhythm = Rhythm.withRelist(options.relist());
    Trials trials = new Trials(fleet, compatibilities, options.trials());
    Events events = new Events(compatibilities, Events.Rate.DEFAULT, clock);
    eventWriter = new EventWriter(client, events, clock);
    migrations =
        kubeVirt.map(
            settings ->
                new KubeVirtMigrations(
                    client, settings, fleet, compatibilities, events, rhythm, clock, meters));
    NodeMetrics nodeMetrics = new NodeMetrics(meters, System::nanoTime);
    ReconcileTimes times = new ReconcileTimes(meters);
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
    toLookAt = new NodesToLookAt(options.nodeWorkers(), fleet, trials, reconciler, times, clock);
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
    observations =
        new Observations(fleet, compatibilities, toLookAt, statuses, nodeMetrics, uptime);
    nodes = follow(client, Node.class, "nodes", observations.nodes(), rhythm, uptime);
    states =
        follow(
            client, MdevNodeState.class, "mdevnodestates", observations.states(), rhythm, uptime);
    asked =
        follow(
            client,
            MigrationCompatibility.class,
            "migrationcompatibilities",
            observations.asked(),
            rhythm,
            uptime);
    census =
        new CensusTaker(meters, () -> Census.of(fleet, compatibilities, table, clock.instant()));
    meters.gauge("leads", "1 while this replica works.", () -> toLookAt.leads() ? 1 : 0);
    meters.gauge("queue.length", "Nodes that wait to be looked at.", toLookAt::length);
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
    eventWriter.start();
    statuses.start();
    migrations.ifPresent(KubeVirtMigrations::lead);
    toLookAt.lead();
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
            Stream.of(toLookAt.standsStill()),
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

  private void wrote(Node node) {
    observations.wrote(node);
  }

  private void wrote(MdevNodeState state) {
    observations.wrote(state);
  }

  /** Begins nothing more, waits for what is being written (up to 5 s each), and ends. */
  @Override
  public void close() {
    toLookAt.stop();
    census.close();
    migrations.ifPresent(KubeVirtMigrations::close);
    statuses.close();
    toLookAt.close();
    eventWriter.close();
    nodes.close();
    states.close();
    asked.close();
  }
}
