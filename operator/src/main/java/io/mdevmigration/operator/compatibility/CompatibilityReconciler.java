package io.mdevmigration.operator.compatibility;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.operator.compatibility.CompatibilityStatus.TargetNode;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the status of each MigrationCompatibility, at most one write a second each, and tells which
 * objects there are.
 */
@ControllerConfiguration(
    name = "migrationcompatibility",
    triggerReconcilerOnAllEvents = true,
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES))
@RateLimited(maxReconciliations = 1, within = 1, unit = TimeUnit.SECONDS)
public final class CompatibilityReconciler implements Reconciler<MigrationCompatibility> {
  private final Fleet fleet;
  private final Compatibilities compatibilities;
  private final Runnable askedAnew;
  private final InstantSource clock;
  private final SimpleInboundEventSource<MigrationCompatibility> answers =
      new SimpleInboundEventSource<>("answers");

  /**
   * A reconciler.
   *
   * @param fleet what is known
   * @param compatibilities told of every object
   * @param askedAnew run when what is asked of whom has changed
   * @param clock the time
   */
  public CompatibilityReconciler(
      Fleet fleet, Compatibilities compatibilities, Runnable askedAnew, InstantSource clock) {
    this.fleet = fleet;
    this.compatibilities = compatibilities;
    this.askedAnew = askedAnew;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, MigrationCompatibility>> prepareEventSources(
      EventSourceContext<MigrationCompatibility> context) {
    return List.of(answers);
  }

  /** Has the status of an object looked at, because answers or targets have changed. */
  public void touch(String name) {
    answers.propagateEvent(new ResourceID(name));
  }

  @Override
  public UpdateControl<MigrationCompatibility> reconcile(
      MigrationCompatibility object, Context<MigrationCompatibility> context) {
    String name = object.getMetadata().getName();
    if (context.isPrimaryResourceDeleted()) {
      if (compatibilities.remove(name)) {
        askedAnew.run();
      }
      return UpdateControl.noUpdate();
    }
    if (compatibilities.put(object)) {
      askedAnew.run();
    }
    Optional<MigrationCompatibilityStatus> before = Optional.ofNullable(object.getStatus());
    Asked asked = compatibilities.get(name).orElseThrow();
    MigrationCompatibilityStatus after =
        CompatibilityStatus.render(
            object.getMetadata().getGeneration(),
            before,
            asked.resolution(),
            targets(asked),
            clock.instant());
    if (before.equals(Optional.of(after))) {
      return UpdateControl.noUpdate();
    }
    // Nothing but identity and status: server-side apply would take over every other field given.
    MigrationCompatibility patch = new MigrationCompatibility();
    patch.setMetadata(
        new ObjectMetaBuilder().withName(name).withUid(object.getMetadata().getUid()).build());
    patch.setStatus(after);
    return UpdateControl.patchStatus(patch);
  }

  private List<TargetNode> targets(Asked asked) {
    return fleet.nodes().stream()
        .filter(asked::targets)
        .flatMap(
            node -> fleet.report(node.name()).map(report -> new TargetNode(node, report)).stream())
        .toList();
  }
}
