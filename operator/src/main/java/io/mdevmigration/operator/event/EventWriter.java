package io.mdevmigration.operator.event;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.EventList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events, one after the other, on a thread of its own. What cannot be written is forgotten:
 * what an event tells also stands in labels and conditions.
 */
public final class EventWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

  /** Kubernetes wants events of cluster-scoped objects here. */
  private static final String NO_NAMESPACE = "default";

  private static final String COMPONENT = "mdev-operator";
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final int KNOWN_MAX = 1024;

  private final KubernetesClient client;
  private final Events events;
  private final InstantSource clock;
  private final Thread thread = new Thread(this::run, "events");
  private volatile boolean closing;

  /** How often the events that were written last have been counted so far, by name. */
  private final Map<String, Integer> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > KNOWN_MAX;
        }
      };

  /**
   * A writer that does nothing until it is started.
   *
   * @param client who writes
   * @param events what to write
   * @param clock the time
   */
  public EventWriter(KubernetesClient client, Events events, InstantSource clock) {
    this.client = client;
    this.events = events;
    this.clock = clock;
    thread.setDaemon(true);
  }

  /** Begins to write. */
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      while (!closing) {
        events.next(LOOK).ifPresent(this::write);
      }
      events.rest().forEach(this::write);
    } catch (InterruptedException e) {
      log.debug("told to end", e);
    }
  }

  private void write(Occurrence occurrence) {
    String name = occurrence.eventName();
    try {
      Integer count = known.get(name);
      int written = count == null ? create(name, occurrence) : countUp(name, occurrence, count);
      known.put(name, written);
    } catch (RuntimeException e) {
      // Not allowed, too slow, no such namespace: whatever it is, nobody waits for an event.
      known.remove(name);
      log.debug("event not written: {}", occurrence, e);
    }
  }

  private int create(String name, Occurrence occurrence) {
    try {
      eventsOf(occurrence).resource(event(name, occurrence)).create();
      return 1;
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
    Event there = eventsOf(occurrence).withName(name).get();
    int count = Optional.ofNullable(there).map(Event::getCount).orElse(0);
    return countUp(name, occurrence, count);
  }

  private int countUp(String name, Occurrence occurrence, int before) {
    int count = before + 1;
    String patch =
        JsonNodeFactory.instance
            .objectNode()
            .put("count", count)
            .put("lastTimestamp", now())
            .put("type", occurrence.type().toString())
            .put("message", occurrence.message())
            .toString();
    try {
      eventsOf(occurrence).withName(name).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
      return count;
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
    // The API server forgets events after an hour.
    eventsOf(occurrence).resource(event(name, occurrence)).create();
    return 1;
  }

  private NonNamespaceOperation<Event, EventList, Resource<Event>> eventsOf(Occurrence occurrence) {
    return client.v1().events().inNamespace(namespace(occurrence));
  }

  private static String namespace(Occurrence occurrence) {
    return occurrence.about().namespace().orElse(NO_NAMESPACE);
  }

  private Event event(String name, Occurrence occurrence) {
    Involved about = occurrence.about();
    String now = now();
    return new EventBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace(occurrence))
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.apiVersion())
        .withKind(about.kind())
        .withNamespace(about.namespace().orElse(null))
        .withName(about.name())
        .withUid(about.uid())
        .endInvolvedObject()
        .withType(occurrence.type().toString())
        .withReason(occurrence.reason().toString())
        .withMessage(occurrence.message())
        .withCount(1)
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withReportingComponent(COMPONENT)
        .withReportingInstance("")
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .build();
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Writes what is waiting, for two seconds at most, and ends. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(CLOSE.toMillis());
      thread.interrupt();
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
