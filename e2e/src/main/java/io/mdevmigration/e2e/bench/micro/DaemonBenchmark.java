package io.mdevmigration.e2e.bench.micro;

import io.mdevmigration.e2e.bench.FleetPlan;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.inventory.NodeInventory;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.sysfs.Familiar;
import io.mdevmigration.node.sysfs.MdevTree;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.ScanScope;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a daemon does with each look at its kernel, the simulated kernel's share included. */
@State(Scope.Benchmark)
public class DaemonBenchmark extends ShortRun {
  /** Parents, and types that each of them offers. */
  @Param({"2x2", "256x20"})
  String parentsByTypes;

  private MdevTree tree;
  private Scan scan;

  @Setup
  public void setUp() {
    String[] size = parentsByTypes.split("x", 2);
    FleetPlan plan = new FleetPlan(1, 1, Integer.parseInt(size[1]), Integer.parseInt(size[0]));
    tree = StoredNode.tree(SimulatedKernel.with(plan.driver(0)));
    scan = scan();
  }

  /** Reads the whole tree, each version twice. */
  @Benchmark
  public Scan scan() {
    return tree.scan(ScanScope.EVERYTHING, Familiar.NONE);
  }

  /** Makes the inventory of a scan. */
  @Benchmark
  public NodeInventory grouping() {
    return Publication.of(scan, Optional.empty());
  }
}
