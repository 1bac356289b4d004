package io.mdevmigration.operator.node;

import static java.util.stream.Collectors.toSet;

import io.fabric8.kubernetes.api.model.Node;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.operator.check.WantedChecks;
import io.mdevmigration.operator.event.Events;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.trial.Trials;
import io.mdevmigration.telemetry.About;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one node's labels and checks to what is decided from the stored state: labels first,
 * because what may not stay goes first.
 */
public final class NodeReconciler {
  private static final Logger log = LoggerFactory.getLogger(NodeReconciler.class);

  private final Fleet fleet;
  private final Compatibilities compatibilities;
  private final LabelTable table;
  private final Trials trials;
  private final NodeWriter writer;
  private final Events events;
  private final NodeMetrics metrics;
  private final Unwanted unwantedLabels;
  private final Unwanted unwantedChecks;
  private final InstantSource clock;
  private final Consumer<Node> wroteNode;
  private final Consumer<MdevNodeState> wroteState;

  /**
   * A reconciler.
   *
   * @param fleet what is known
   * @param compatibilities what is asked
   * @param table which label a node gets, keeps and loses
   * @param trials what may be asked of whom
   * @param writer who writes
   * @param events where changed labels are told
   * @param metrics where what is written is counted
   * @param live the live LIST that confirms that something is unwanted
   * @param grace how long something has to be unwanted before it goes
   * @param clock the time
   * @param wroteNode told of each Node written, as it stands then
   * @param wroteState told of each MdevNodeState written, as it stands then
   */
  public NodeReconciler(
      Fleet fleet,
      Compatibilities compatibilities,
      LabelTable table,
      Trials trials,
      NodeWriter writer,
      Events events,
      NodeMetrics metrics,
      Unwanted.LiveView live,
      Duration grace,
      InstantSource clock,
      Consumer<Node> wroteNode,
      Consumer<MdevNodeState> wroteState) {
    this.fleet = fleet;
    this.compatibilities = compatibilities;
    this.table = table;
    this.trials = trials;
    this.writer = writer;
    this.events = events;
    this.metrics = metrics;
    this.unwantedLabels = new Unwanted(grace, clock, live, Compatibilities::wantedLabels);
    this.unwantedChecks = new Unwanted(grace, clock, live, Compatibilities::wantedChecks);
    this.clock = clock;
    this.wroteNode = wroteNode;
    this.wroteState = wroteState;
  }

  /**
   * Looks at one node and writes what has to change.
   *
   * @return when to look again although nothing has changed; empty: not before something changes
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if a write failed
   */
  public Optional<Duration> reconcile(String name) {
    Optional<NodeFacts> node = fleet.node(name);
    if (node.isEmpty()) {
      unwantedLabels.forget(name);
      unwantedChecks.forget(name);
      return Optional.empty();
    }
    Optional<NodeReport> report = fleet.report(name);
    Optional<Duration> labels = labels(node.get(), report);
    Optional<Duration> checks = report.flatMap(r -> checks(node.get(), r));
    return sooner(labels, checks);
  }

  private static Optional<Duration> sooner(Optional<Duration> one, Optional<Duration> other) {
    return Stream.of(one, other).flatMap(Optional::stream).min(Duration::compareTo);
  }

  /** Whether a node has to lose a label by what is known of the node itself. */
  public boolean hasToLoseALabel(String name) {
    return fleet
        .node(name)
        .filter(
            node ->
                table.takesAway(
                    node, fleet.report(name), compatibilities.wantedLabels(node), clock.instant()))
        .isPresent();
  }

  private Optional<Duration> labels(NodeFacts node, Optional<NodeReport> report) {
    Map<String, MdevClass> wanted = compatibilities.wantedLabels(node);
    var unwanted = unwantedLabels.look(node, without(node.ownLabelKeys(), wanted));
    SortedMap<String, LabelRow> changes =
        LabelTable.changes(
            node, table.decide(node, report, wanted, unwanted.confirmed(), clock.instant()));
    if (!changes.isEmpty()) {
      wroteNode.accept(writer.patchLabels(node, changes));
      metrics.labelsChanged(changes);
      events.labelsChanged(node, report, wanted, changes);
      changes.forEach((key, row) -> tell(node, key, row));
    }
    return unwanted.lookAgain();
  }

  private static void tell(NodeFacts node, String key, LabelRow row) {
    String change = row.effect() == LabelRow.Effect.ADD ? "added" : "removed";
    About.node(node.name())
        .and("label", key)
        .and("change", change)
        .and("reason", row.name())
        .say(() -> log.info("node {}: label {} {}: {}", node.name(), key, change, row.why()));
  }

  private Optional<Duration> checks(NodeFacts node, NodeReport report) {
    try {
      return checks(node, report, compatibilities.beginAsking(node));
    } finally {
      compatibilities.endAsking(node.name());
    }
  }

  private Optional<Duration> checks(
      NodeFacts node, NodeReport report, Map<String, MdevClass> wanted) {
    Set<String> present =
        report.checks().stream().map(check -> check.mdevClass().labelKey()).collect(toSet());
    var unwanted = unwantedChecks.look(node, without(present, wanted));
    WantedChecks decided = decide(report, wanted.values(), unwanted.confirmed());
    Optional<Duration> wait = trials.maxWait(report, decided.checks(), clock.instant());
    if (wait.isPresent()) {
      log.debug("node {}: its checks wait for more that is being tried", report.name());
    } else if (decided.checks().stream().anyMatch(Check::triesFirst)) {
      // Two nodes that look at each other's checks at the same time must not both begin to try.
      synchronized (trials) {
        write(report, decide(report, wanted.values(), unwanted.confirmed()));
      }
    } else {
      write(report, decided);
    }
    if (!decided.leftOut().isEmpty()) {
      log.warn(
          "node {}: no room for {} more class(es) among its checks; narrow the sources or targets"
              + " of the MigrationCompatibility objects",
          node.name(),
          decided.leftOut().size());
    }
    return sooner(unwanted.lookAgain(), wait);
  }

  private WantedChecks decide(
      NodeReport report, Collection<MdevClass> wanted, Set<String> unwanted) {
    return WantedChecks.decide(
        report, wanted, mdevClass -> trials.permission(report, mdevClass), unwanted);
  }

  private void write(NodeReport report, WantedChecks decided) {
    if (!decided.checks().equals(report.checks())) {
      MdevNodeState written = writer.patchChecks(report, decided.checks());
      // Before anybody hears of it, an answer included.
      metrics.asked(report, decided.checks());
      wroteState.accept(written);
      About.node(report.name())
          .say(
              () ->
                  log.info(
                      "node {}: asked about {} class(es), before {}",
                      report.name(),
                      decided.checks().size(),
                      report.checks().size()));
    }
  }

  private static Set<String> without(Set<String> keys, Map<String, MdevClass> wanted) {
    return keys.stream().filter(key -> !wanted.containsKey(key)).collect(toSet());
  }
}
