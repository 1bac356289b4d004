package io.mdevmigration.e2e.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.e2e.proxy.Request;
import io.mdevmigration.e2e.proxy.Traffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What passed the operator's proxies in one run, in order: what each instance was sent, by list,
 * watch, get or the answer to its own writes, and what it asked for. Thread-safe.
 */
final class Journal implements Traffic {
  private static final Map<String, Class<? extends HasMetadata>> RESOURCES =
      Map.of(
          "nodes", Node.class,
          "mdevnodestates", MdevNodeState.class,
          "migrationcompatibilities", MigrationCompatibility.class);

  private final ObjectMapper json = new ObjectMapper();
  private final List<Entry> entries = new ArrayList<>();
  private final AtomicInteger faults = new AtomicInteger();

  /** Something that passed. */
  sealed interface Entry {
    /** The instance whose proxy it passed. */
    String sender();

    /** {@link System#nanoTime()}. */
    long at();
  }

  /**
   * An object was sent to it.
   *
   * @param version the resource version
   * @param object as it was; empty: it has been deleted
   */
  record Saw(
      String sender,
      long at,
      String resource,
      String name,
      long version,
      Optional<HasMetadata> object)
      implements Entry {}

  /**
   * It was sent a whole collection: what is not in it is not there.
   *
   * @param version the collection's resource version
   */
  record Listed(String sender, long at, String resource, Set<String> names, long version)
      implements Entry {}

  /** It asked for a change, and the API server may have made it. */
  record Sent(Request request) implements Entry {
    @Override
    public String sender() {
      return request.sender();
    }

    @Override
    public long at() {
      return request.received();
    }
  }

  /** Everything so far. */
  synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** How many faults were injected. */
  int faults() {
    return faults.get();
  }

  /** For a part of which nothing but its faults is of interest. */
  Traffic faultsAlone() {
    return new Traffic() {
      @Override
      public void hurt(String sender, String what) {
        faults.incrementAndGet();
      }
    };
  }

  @Override
  public void hurt(String sender, String what) {
    faults.incrementAndGet();
  }

  @Override
  public synchronized void sent(Request request) {
    if (request.isWrite()) {
      entries.add(new Sent(request));
    }
  }

  @Override
  public void delivered(Request request, int status, byte[] body) {
    if (RESOURCES.containsKey(request.resource()) && status / 100 == 2) {
      JsonNode read = read(new String(body, StandardCharsets.UTF_8));
      if (read.path("kind").asText().endsWith("List")) {
        list(request, read);
      } else if (!request.method().equals("DELETE")) {
        saw(request, read, Presence.THERE);
      }
    }
  }

  @Override
  public void event(Request watch, String event) {
    if (RESOURCES.containsKey(watch.resource())) {
      JsonNode read = read(event);
      switch (read.path("type").asText()) {
        case "ADDED", "MODIFIED" -> saw(watch, read.path("object"), Presence.THERE);
        case "DELETED" -> saw(watch, read.path("object"), Presence.DELETED);
        default -> {
          // A bookmark or an error says nothing of an object.
        }
      }
    }
  }

  private enum Presence {
    THERE,
    DELETED
  }

  private synchronized void list(Request request, JsonNode list) {
    Set<String> names = new HashSet<>();
    for (JsonNode item : list.path("items")) {
      names.add(item.path("metadata").path("name").asText());
      saw(request, item, Presence.THERE);
    }
    JsonNode metadata = list.path("metadata");
    if (!request.isPartial() && metadata.path("continue").asText().isEmpty()) {
      long version = metadata.path("resourceVersion").asLong();
      entries.add(
          new Listed(request.sender(), System.nanoTime(), request.resource(), names, version));
    }
  }

  private synchronized void saw(Request request, JsonNode object, Presence presence) {
    JsonNode metadata = object.path("metadata");
    Optional<HasMetadata> there =
        presence == Presence.THERE
            ? Optional.of(typed(object, RESOURCES.get(request.resource())))
            : Optional.empty();
    entries.add(
        new Saw(
            request.sender(),
            System.nanoTime(),
            request.resource(),
            metadata.path("name").asText(),
            metadata.path("resourceVersion").asLong(),
            there));
  }

  private HasMetadata typed(JsonNode object, Class<? extends HasMetadata> type) {
    try {
      return json.treeToValue(object, type);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode read(String text) {
    try {
      return json.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
