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
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
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
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES))
@RateLimited(maxReconciliations = 1, within = 1, unit = TimeUnit.SECONDS)
public final class CompatibilityReconciler implements Reconciler<MigrationCompatibility> {
  private final Fleet fleet;
  private final Compatibilities compatibilities;
  private final Runnable askedAnew;
  private final InstantSource clock;
  private final Answers answers = new Answers();

  /**
   * Tells the framework that answers have changed, and is told by it of every object that comes,
   * changes or goes, one after the other. A reconciliation alone would not do: the framework may
   * make one of a deletion and the creation of a later object of the same name.
   */
  private final class Answers extends SimpleInboundEventSource<MigrationCompatibility>
      implements ResourceEventAware<MigrationCompatibility> {
    Answers() {
      super("answers");
    }

    @Override
    public void onResourceCreated(MigrationCompatibility created) {
      put(created);
    }

    @Override
    public void onResourceUpdated(MigrationCompatibility updated, MigrationCompatibility before) {
      put(updated);
    }

    @Override
    public void onResourceDeleted(MigrationCompatibility deleted) {
      if (compatibilities.remove(deleted.getMetadata().getName())) {
        askedAnew.run();
      }
    }

    private void put(MigrationCompatibility object) {
      if (compatibilities.put(object)) {
        askedAnew.run();
      }
    }
  }

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
    Optional<Asked> known =
        compatibilities
            .get(name)
            .filter(asked -> asked.uid().equals(object.getMetadata().getUid()));
    if (known.isEmpty()) {
      // Gone, or another one by now: whose event is on its way.
      return UpdateControl.noUpdate();
    }
    Optional<MigrationCompatibilityStatus> before = Optional.ofNullable(object.getStatus());
    Asked asked = known.get();
    MigrationCompatibilityStatus after =
        CompatibilityStatus.render(
            asked.generation(), before, asked.resolution(), targets(asked), clock.instant());
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
