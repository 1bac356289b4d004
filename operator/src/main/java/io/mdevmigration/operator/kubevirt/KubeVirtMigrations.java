package io.mdevmigration.operator.kubevirt;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mdevmigration.crds.ApiFailure;
import io.mdevmigration.operator.event.EventWriter;
import io.mdevmigration.operator.event.Events;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.kubevirt.KubeVirtSettings.Webhook;
import io.mdevmigration.operator.kubevirt.admission.Mode;
import io.mdevmigration.operator.kubevirt.certificate.Serving;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuation;
import io.mdevmigration.operator.kubevirt.evacuation.Evacuation.Guest;
import io.mdevmigration.operator.kubevirt.evacuation.EvacuationChange;
import io.mdevmigration.operator.kubevirt.migration.Course;
import io.mdevmigration.operator.kubevirt.migration.Course.What;
import io.mdevmigration.operator.kubevirt.migration.MigrationFacts;
import io.mdevmigration.operator.kubevirt.migration.Tally;
import io.mdevmigration.operator.kubevirt.webhook.WebhookServer;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.watch.MonotonicClock;
import io.mdevmigration.operator.watch.Rhythm;
import io.mdevmigration.telemetry.Meters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has KubeVirt's live migrations go where the driver accepts them. Every replica reviews
 * migrations; the one that leads writes objects and tells what happens.
 */
public final class KubeVirtMigrations implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(KubeVirtMigrations.class);

  private final KubeVirtSettings settings;
  private final KubeVirtObjects objects;
  private final MigrationReviewer reviewer;
  private final PermittedTypesKeeper permittedTypes;
  private final NodeEvacuationKeeper nodeEvacuations;
  private final Fleet fleet;
  private final Events events;
  private final Events refusals;
  private final Optional<EventWriter> refusalWriter;
  private final Tally tally = new Tally();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "kubevirt");
            made.setDaemon(true);
            return made;
          });
  private volatile Optional<WebhookServer> server = Optional.empty();
  private volatile Optional<SortedMap<String, Evacuation>> evacuations = Optional.empty();
  private volatile boolean leading;
  private volatile Optional<Long> lookedSince = Optional.empty();
  private volatile boolean hasToldOfMissed;

  /** By uid, as long as nobody has looked for those that came past. */
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  private boolean closed;

  /**
   * Nothing happens until it is started.
   *
   * @param client who reads and writes
   * @param settings what is done
   * @param fleet what is known of the nodes
   * @param compatibilities what is asked of them
   * @param events where is told what happens
   * @param rhythm how KubeVirt's objects are followed
   * @param clock the time
   * @param meters where it is counted
   */
  public KubeVirtMigrations(
      KubernetesClient client,
      KubeVirtSettings settings,
      Fleet fleet,
      Compatibilities compatibilities,
      Events events,
      Rhythm rhythm,
      InstantSource clock,
      Meters meters) {
    InstantSource uptime = new MonotonicClock();
    this.settings = settings;
    this.fleet = fleet;
    this.events = events;
    this.refusals = new Events(compatibilities, Events.Rate.DEFAULT, clock);
    this.refusalWriter =
        settings.webhook().map(webhook -> new EventWriter(webhook.unbound(), refusals, clock));
    this.objects = new KubeVirtObjects(client, rhythm, uptime, new Telling());
    this.reviewer =
        new MigrationReviewer(
            new Access(settings.webhook().map(Webhook::unbound).orElse(client), uptime),
            objects,
            mode(settings),
            fleet,
            compatibilities,
            clock,
            refused -> tell(refused, refusals),
            new KubeVirtMetrics(meters, this));
    this.permittedTypes = new PermittedTypesKeeper(client, fleet, settings.withdrawal(), uptime);
    this.nodeEvacuations = new NodeEvacuationKeeper(client, fleet, clock, uptime);
  }

  /** Without a webhook nothing can be changed. */
  private static Mode mode(KubeVirtSettings settings) {
    return settings.webhook().isPresent() ? settings.mode() : Mode.REPORT;
  }

  /** Begins to follow KubeVirt's objects and to review; everything else has been read before. */
  public void start() {
    refusalWriter.ifPresent(EventWriter::start);
    repeat("KubeVirt's objects", objects::look);
    settings.webhook().ifPresent(webhook -> repeat("the webhook", () -> serve(webhook)));
    repeat("the migrations that came past", this::tellOfMissed);
    repeat("the evacuation of nodes", this::planEvacuations);
    if (settings.asksAboutPermitted()) {
      repeat("the permitted types", this::askAboutPermitted);
    }
  }

  /** From now on this replica writes and tells. */
  public void lead() {
    leading = true;
  }

  /** Completes with what happened when this cannot go on; never otherwise. */
  public CompletionStage<String> failed() {
    return objects.failed();
  }

  /** For how long the look goes on that is being taken; zero while none is. */
  public Duration standsStill() {
    return lookedSince
        .map(since -> Duration.ofNanos(System.nanoTime() - since))
        .orElse(Duration.ZERO);
  }

  /** Why migrations cannot be reviewed yet; empty if they can, or are not to be. */
  public Optional<String> unready() {
    if (settings.webhook().isEmpty()) {
      return Optional.empty();
    }
    if (server.isEmpty()) {
      return Optional.of("the webhook has no certificate to show yet");
    }
    return objects.isBeingRead()
        ? Optional.of("not all of KubeVirt's objects have been read once yet")
        : Optional.empty();
  }

  /** How often what has happened. */
  public Tally tally() {
    return tally;
  }

  /** What a drain would meet, by node; empty as long as this replica does not lead. */
  public SortedMap<String, Evacuation> evacuations() {
    return evacuations.orElseGet(TreeMap::new);
  }

  /** Where migrations are reviewed; empty as long as there is no certificate. */
  public Optional<InetSocketAddress> address() {
    return server.map(WebhookServer::address);
  }

  private void repeat(String what, Runnable look) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> {
              lookedSince = Optional.of(System.nanoTime());
              try {
                look.run();
              } catch (RuntimeException e) {
                log.warn("{} cannot be looked at: {}", what, ApiFailure.reason(e));
                log.debug("{}", what, e);
              } catch (Error e) {
                // Nobody would look again, and nobody would know.
                objects.failed().complete("%s cannot be looked at any more: %s".formatted(what, e));
                throw e;
              } finally {
                lookedSince = Optional.empty();
              }
            },
            0,
            settings.look().toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void askAboutPermitted() {
    if (leading && objects.isKnown()) {
      permittedTypes.look(objects.permitted());
    }
  }

  /**
   * Tells once, when this replica leads and knows everything, of the migrations under way that came
   * past while nobody did: the operator was away, or the former leader gone and not followed yet.
   */
  private void tellOfMissed() {
    if (!leading || !objects.isKnown() || hasToldOfMissed) {
      return;
    }
    objects.migrations().all().stream()
        .filter(migration -> !migration.isOver() && told.add(migration.uid()))
        .flatMap(m -> Course.begun(m, reviewer.decide(m.migration())).stream())
        .filter(course -> course.what() == What.MISSED)
        .forEach(course -> tell(course, events));
    hasToldOfMissed = true;
    told.clear();
  }

  private void planEvacuations() {
    if (!leading || !objects.isKnown()) {
      return;
    }
    List<Guest> guests =
        objects.vmis().stream()
            .filter(vmi -> vmi.hasDevice() && vmi.isRunning() && vmi.node().isPresent())
            .map(vmi -> new Guest(vmi.name(), vmi.node().get(), reviewer.need(vmi)))
            .toList();
    SortedMap<String, Evacuation> after = Evacuation.of(fleet, guests, reviewer::rulesOutEveryNode);
    // What was so before this replica began to lead is no news.
    evacuations.ifPresent(
        before -> EvacuationChange.of(before, after, fleet).forEach(events::happenedToMigration));
    evacuations = Optional.of(after);
    // Without a KubeVirt object nothing is known of what VMIs need.
    nodeEvacuations.look(after, objects.permitted().isPresent());
  }

  private void serve(Webhook webhook) {
    Optional<Serving> serving = webhook.certificate().look(leading);
    try {
      if (serving.isEmpty()) {
        return;
      }
      if (server.isPresent()) {
        server.get().show(serving.get());
      } else {
        open(webhook, serving.get());
      }
    } catch (GeneralSecurityException e) {
      log.warn("the webhook's certificate cannot be shown: {}", e.getMessage());
    } catch (IOException e) {
      log.error("cannot listen on {} for the webhook: {}", webhook.address(), e.getMessage());
    }
  }

  private synchronized void open(Webhook webhook, Serving serving)
      throws IOException, GeneralSecurityException {
    if (!closed) {
      server = Optional.of(WebhookServer.open(webhook.address(), serving, reviewer));
      log.info("migrations are reviewed at {}", server.get().address());
    }
  }

  private void tell(Course course, Events where) {
    tally.count(course.what());
    course.events().forEach(where::happenedToMigration);
  }

  private final class Telling implements KubeVirtObjects.MigrationListener {
    @Override
    public void begun(MigrationFacts migration) {
      if (leading
          && objects.isKnown()
          && !migration.isOver()
          && (hasToldOfMissed || told.add(migration.uid()))) {
        Course.begun(migration, reviewer.decide(migration.migration()))
            .ifPresent(course -> tell(course, events));
      }
    }

    @Override
    public void changed(MigrationFacts before, MigrationFacts after) {
      if (leading) {
        Course.changed(before, after, objects.vmi(after.migration().vmi()))
            .ifPresent(course -> tell(course, events));
      }
    }
  }

  /** Reviews no more and writes no more. */
  @Override
  public void close() {
    leading = false;
    synchronized (this) {
      closed = true;
      server.ifPresent(WebhookServer::close);
    }
    thread.shutdownNow();
    objects.close();
    refusalWriter.ifPresent(EventWriter::close);
  }
}
