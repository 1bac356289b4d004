package io.mdevmigration.e2e.bench.micro;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MdevNodeStateSpec;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Summary;
import io.mdevmigration.e2e.bench.FleetPlan;
import io.mdevmigration.e2e.simulated.SimulatedKernel;
import io.mdevmigration.node.check.AnswerOfNode;
import io.mdevmigration.node.check.Asker;
import io.mdevmigration.node.check.ParentOutcome;
import io.mdevmigration.node.inventory.NodeInventory;
import io.mdevmigration.node.inventory.Publication;
import io.mdevmigration.node.posix.Deadline;
import io.mdevmigration.node.posix.Posix;
import io.mdevmigration.node.sysfs.AttributeNames;
import io.mdevmigration.node.sysfs.AttributeWriter;
import io.mdevmigration.node.sysfs.Familiar;
import io.mdevmigration.node.sysfs.MdevTree;
import io.mdevmigration.node.sysfs.ScanScope;
import io.mdevmigration.operator.fleet.NodeFacts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A node as it is stored once it has answered about every class of the first type, and before it
 * has a label.
 *
 * @param facts of its Node
 * @param state its MdevNodeState
 */
record StoredNode(NodeFacts facts, MdevNodeState state) {
  private static final Path SYSFS = Path.of("/sys");

  /**
   * A node of a plan. What is stored of it is what the daemon's own code finds and is answered by a
   * simulated kernel.
   *
   * @param node which, counted from 0
   * @param now when it answered
   */
  static StoredNode of(FleetPlan plan, int node, Instant now) {
    SimulatedKernel kernel = SimulatedKernel.with(plan.driver(plan.kindOf(node)));
    NodeInventory inventory =
        Publication.of(tree(kernel).scan(ScanScope.INVENTORY, Familiar.NONE), Optional.empty());
    List<MdevClass> classes =
        IntStream.range(0, plan.classes())
            .mapToObj(kind -> FleetPlan.mdevClass(FleetPlan.FIRST, kind))
            .toList();
    Asker asker = new Asker(new AttributeWriter(kernel, SYSFS), deadline(), Set.of());
    List<Answer> answers = classes.stream().map(c -> answer(asker, inventory, c, now)).toList();
    NodeFacts facts =
        new NodeFacts(FleetPlan.node(node), "uid-" + node, Optional.of(kernel.bootId()), Map.of());
    MdevNodeState state = new MdevNodeState();
    state.setMetadata(
        new ObjectMetaBuilder()
            .withName(facts.name())
            .withGeneration(1L)
            .withResourceVersion("1")
            .withOwnerReferences(
                new OwnerReferenceBuilder()
                    .withApiVersion("v1")
                    .withKind("Node")
                    .withName(facts.name())
                    .withUid(facts.uid())
                    .build())
            .build());
    state.setSpec(new MdevNodeStateSpec(checks(inventory, classes), null, null));
    state.setStatus(
        new MdevNodeStateStatus(
            Summary.of(inventory.published(), answers),
            inventory.published(),
            answers,
            now.toString(),
            List.of()));
    return new StoredNode(facts, state);
  }

  /** A kernel's mdev tree, which this thread reads itself. */
  static MdevTree tree(Posix kernel) {
    return new MdevTree(kernel, deadline(), SYSFS, AttributeNames.DEFAULT);
  }

  private static Deadline deadline() {
    return new Deadline(Runnable::run, Duration.ofSeconds(5), () -> {});
  }

  private static Answer answer(
      Asker asker, NodeInventory inventory, MdevClass mdevClass, Instant now) {
    List<ParentOutcome> outcomes =
        inventory.offersOf(mdevClass.type()).stream()
            .map(
                offer ->
                    new ParentOutcome(
                        offer.parent(), asker.ask(offer, mdevClass).outcome(), Optional.of(now)))
            .toList();
    return new AnswerOfNode(
            mdevClass,
            inventory.revision(mdevClass.type()),
            Optional.empty(),
            Optional.empty(),
            now)
        .of(outcomes);
  }

  private static List<Check> checks(NodeInventory inventory, List<MdevClass> classes) {
    return classes.stream()
        .map(
            c ->
                new Check(
                    c.type(), c.version(), inventory.published().driverOf(c.type()).orElseThrow()))
        .toList();
  }
}
