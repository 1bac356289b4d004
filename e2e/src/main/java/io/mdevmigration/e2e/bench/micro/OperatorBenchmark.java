package io.mdevmigration.e2e.bench.micro;

import static java.util.stream.Collectors.toCollection;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Source;
import io.mdevmigration.e2e.bench.FleetPlan;
import io.mdevmigration.operator.check.WantedChecks;
import io.mdevmigration.operator.compatibility.CompatibilityStatus;
import io.mdevmigration.operator.compatibility.KnownStandings;
import io.mdevmigration.operator.compatibility.TargetNode;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import io.mdevmigration.operator.source.Resolution;
import io.mdevmigration.operator.trial.Permission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the operator decides in a fleet whose nodes have all answered, where one object asks about
 * every class of a type on every node.
 */
@State(Scope.Benchmark)
public class OperatorBenchmark extends ShortRun {
  private static final String WHOLE_FLEET = "whole-fleet";

  /** Nodes, as many as classes at least. */
  @Param("5000")
  int nodes;

  /** Classes of the type. */
  @Param({"2", "50"})
  int classes;

  private Compatibilities compatibilities;
  private NodeFacts node;
  private NodeReport report;
  private Map<String, MdevClass> wanted;
  private List<TargetNode> targets;
  private List<TargetNode> changing;
  private int looks;
  private final KnownStandings known = new KnownStandings();
  private Resolution resolution;
  private Instant now;

  @Setup
  public void setUp() {
    now = Instant.now();
    FleetPlan plan = new FleetPlan(nodes, classes, 2, 2);
    Fleet fleet = new Fleet();
    for (int i = 0; i < nodes; i++) {
      StoredNode stored = StoredNode.of(plan, i, now);
      fleet.put(stored.facts());
      fleet.put(NodeReport.of(stored.state()));
    }
    compatibilities = new Compatibilities(fleet);
    compatibilities.put(wholeFleet());
    targets =
        plan.names().stream()
            .map(
                name ->
                    new TargetNode(
                        fleet.node(name).orElseThrow(), fleet.report(name).orElseThrow()))
            .collect(toCollection(ArrayList::new));
    changing =
        Stream.of(now, now.minusSeconds(1))
            .map(at -> StoredNode.of(plan, 0, at))
            .map(stored -> new TargetNode(stored.facts(), NodeReport.of(stored.state())))
            .toList();
    // One whose driver accepts about half of the classes.
    String name = FleetPlan.node(classes / 2);
    node = fleet.node(name).orElseThrow();
    report = fleet.report(name).orElseThrow();
    wanted = compatibilities.wantedLabels(node);
    resolution = asked().resolution();
  }

  /** Resolves the fleet-wide source, as with every inventory that arrives. */
  @Benchmark
  public Asked sources() {
    compatibilities.publicationChanged(FleetPlan.type(FleetPlan.FIRST));
    return asked();
  }

  /** The classes that a node is to be asked about. */
  @Benchmark
  public Map<String, MdevClass> wanted() {
    return compatibilities.wantedChecks(node);
  }

  /** What of it the node is asked: here nothing changes. */
  @Benchmark
  public WantedChecks checks() {
    return WantedChecks.decide(report, wanted.values(), c -> Permission.ASK, Set.of());
  }

  /** Decides the labels of a node. */
  @Benchmark
  public SortedMap<String, LabelRow> labels() {
    return LabelTable.DESIGN.decide(node, Optional.of(report), wanted, Set.of(), now);
  }

  /** Renders the object's status, as once a second at most, when one node has changed. */
  @Benchmark
  public MigrationCompatibilityStatus status() {
    looks++;
    targets.set(0, changing.get(looks % changing.size()));
    return render(known);
  }

  /** Renders it for the first time, as when an operator takes over. */
  @Benchmark
  public MigrationCompatibilityStatus firstStatus() {
    return render(new KnownStandings());
  }

  private MigrationCompatibilityStatus render(KnownStandings standings) {
    return CompatibilityStatus.render(
        1,
        Optional.empty(),
        resolution,
        Map.of(),
        standings.look(
            resolution.mdevClasses(), (anyReport, anyClass) -> Optional.empty(), targets, now),
        now);
  }

  private Asked asked() {
    return compatibilities.get(WHOLE_FLEET).orElseThrow();
  }

  private static MigrationCompatibility wholeFleet() {
    MigrationCompatibility object = new MigrationCompatibility();
    object.setMetadata(new ObjectMetaBuilder().withName(WHOLE_FLEET).withUid("uid").build());
    object.setSpec(
        new MigrationCompatibilitySpec(
            FleetPlan.type(FleetPlan.FIRST),
            new Source(null, new LabelSelector(), null),
            null,
            true,
            List.of()));
    return object;
  }
}
