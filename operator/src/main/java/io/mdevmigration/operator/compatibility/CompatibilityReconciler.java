package io.mdevmigration.operator.compatibility;

import static java.util.stream.Collectors.toMap;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.operator.event.Events;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import io.mdevmigration.operator.trial.Happening;
import io.mdevmigration.operator.trial.Trials;
import io.mdevmigration.operator.trial.Trials.Outlook;
import io.mdevmigration.telemetry.About;
import io.mdevmigration.telemetry.Counter;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the status of each MigrationCompatibility, at most one write a second each. */
@ControllerConfiguration(
    name = "migrationcompatibility",
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES))
@RateLimited(maxReconciliations = 1, within = 1, unit = TimeUnit.SECONDS)
public final class CompatibilityReconciler implements Reconciler<MigrationCompatibility> {
  private static final Logger log = LoggerFactory.getLogger(CompatibilityReconciler.class);
  private final Fleet fleet;
  private final Compatibilities compatibilities;
  private final Trials trials;
  private final Events events;
  private final Counter trialEvents;
  private final InstantSource clock;
  private final SimpleInboundEventSource<MigrationCompatibility> answers =
      new SimpleInboundEventSource<>("answers");

  /** By the object's name. */
  private final Map<String, KnownStandings> known = new ConcurrentHashMap<>();

  private volatile Optional<Cache<MigrationCompatibility>> cache = Optional.empty();

  /**
   * A reconciler.
   *
   * @param fleet what is known
   * @param compatibilities what is asked
   * @param trials what may be asked of whom
   * @param events where changed conditions and trials are told
   * @param trialEvents counts what happens to trials, by {@link Happening.Kind}
   * @param clock the time
   */
  public CompatibilityReconciler(
      Fleet fleet,
      Compatibilities compatibilities,
      Trials trials,
      Events events,
      Counter trialEvents,
      InstantSource clock) {
    this.fleet = fleet;
    this.compatibilities = compatibilities;
    this.trials = trials;
    this.events = events;
    this.trialEvents = trialEvents;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, MigrationCompatibility>> prepareEventSources(
      EventSourceContext<MigrationCompatibility> context) {
    cache = Optional.of(context.getPrimaryCache());
    return List.of(answers);
  }

  /** The resource version of each object as the framework has it, by name. */
  public Map<String, String> versions() {
    return cache.stream()
        .flatMap(objects -> objects.list())
        .map(HasMetadata::getMetadata)
        .collect(toMap(ObjectMeta::getName, ObjectMeta::getResourceVersion));
  }

  /** Has the status of an object looked at, because answers or targets have changed. */
  public void touch(String name) {
    answers.propagateEvent(new ResourceID(name));
  }

  /** Forgets what is remembered of an object that was deleted. */
  public void forget(String name) {
    known.remove(name);
  }

  @Override
  public UpdateControl<MigrationCompatibility> reconcile(
      MigrationCompatibility object, Context<MigrationCompatibility> context) {
    String name = object.getMetadata().getName();
    Optional<Asked> stands =
        compatibilities
            .get(name)
            .filter(asked -> asked.uid().equals(object.getMetadata().getUid()));
    if (stands.isEmpty()) {
      // Gone, or another one by now: whose event is on its way.
      return UpdateControl.noUpdate();
    }
    Optional<MigrationCompatibilityStatus> before = Optional.ofNullable(object.getStatus());
    Asked asked = stands.get();
    Outlook outlook = trials.outlook(asked, before, clock.instant());
    MigrationCompatibilityStatus after =
        CompatibilityStatus.render(
            asked.generation(),
            before,
            asked.resolution(),
            outlook.recorded(),
            standings(asked),
            clock.instant());
    if (!before.equals(Optional.of(after))) {
      write(object, after, context);
      events.conditionsChanged(
          asked,
          before.map(MigrationCompatibilityStatus::conditions).orElse(List.of()),
          after.conditions());
      outlook.happened().forEach((digest, all) -> all.forEach(h -> tell(asked, digest, h)));
    }
    return outlook
        .lookAgain()
        .map(UpdateControl.<MigrationCompatibility>noUpdate()::rescheduleAfter)
        .orElseGet(UpdateControl::noUpdate);
  }

  /**
   * Writes a status. The framework's cache takes it over at once: what is recorded there about a
   * trial is what the next decision begins from.
   */
  private static void write(
      MigrationCompatibility object,
      MigrationCompatibilityStatus status,
      Context<MigrationCompatibility> context) {
    // Nothing but identity and status: server-side apply would take over every other field given.
    MigrationCompatibility patch = new MigrationCompatibility();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withName(object.getMetadata().getName())
            .withUid(object.getMetadata().getUid())
            .build());
    patch.setStatus(status);
    PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(object, patch, context);
  }

  private void tell(Asked asked, String digest, Happening happening) {
    events.happened(asked, digest, happening);
    trialEvents.increment(happening.kind());
    About.node(happening.node())
        .and("class", digest)
        .and("driver", happening.driver())
        .and("migrationcompatibility", asked.name())
        .and("trial", happening.kind().toString())
        .say(() -> log(asked.name(), digest, happening));
  }

  private static void log(String name, String digest, Happening happening) {
    switch (happening.kind()) {
      case BEGUN ->
          log.info(
              "{}: node {} tries class {}, which is new to its driver {}",
              name,
              happening.node(),
              digest,
              happening.driver());
      case ENDED ->
          log.info(
              "{}: driver {} of node {} has answered about class {}: all its nodes are asked",
              name,
              happening.driver(),
              happening.node(),
              digest);
      case GIVEN_UP ->
          log.info(
              "{}: node {} cannot try class {}; another one may", name, happening.node(), digest);
      case SUSPECTED ->
          log.warn(
              "{}: node {} went away, booted or fell silent while its driver {} was asked about"
                  + " class {}: no other node with that driver is asked; see the node's kernel log,"
                  + " and spec.retrySuspected",
              name,
              happening.node(),
              happening.driver(),
              digest);
      case CLEARED ->
          log.info("{}: class {} is no longer suspected on {}", name, digest, happening.driver());
    }
  }

  private Standings standings(Asked asked) {
    // The framework reconciles each object in one thread at a time.
    return known
        .computeIfAbsent(asked.name(), name -> new KnownStandings())
        .look(asked.resolution().mdevClasses(), trials::withheld, targets(asked), clock.instant());
  }

  private List<TargetNode> targets(Asked asked) {
    return fleet.nodes().stream()
        .filter(asked::targets)
        .flatMap(
            node -> fleet.report(node.name()).map(report -> new TargetNode(node, report)).stream())
        .toList();
  }
}
