package io.mdevmigration.e2e.bench.micro;

import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mdevmigration.crds.ClientSerialization;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.e2e.bench.FleetPlan;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Instant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the operator does with each MdevNodeState that arrives. */
@State(Scope.Benchmark)
public class ObjectBenchmark extends ShortRun {
  /** Classes of the type that the node was asked about. */
  @Param({"2", "50"})
  int classes;

  private final KubernetesSerialization json = ClientSerialization.create();
  private MdevNodeState state;
  private String text;

  @Setup
  public void setUp() {
    state = StoredNode.of(new FleetPlan(classes, classes, 2, 2), 0, Instant.now()).state();
    json.registerKubernetesResource(MdevNodeState.class);
    text = "{\"type\":\"MODIFIED\",\"object\":%s}".formatted(json.asJson(state));
  }

  /** Parses the event of a watch that brings it. */
  @Benchmark
  public MdevNodeState parsing() {
    return (MdevNodeState) json.unmarshal(text, WatchEvent.class).getObject();
  }

  /** Makes of it what is kept, digests checked. */
  @Benchmark
  public NodeReport report() {
    return NodeReport.of(state);
  }
}
