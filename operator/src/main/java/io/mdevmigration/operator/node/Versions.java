package io.mdevmigration.operator.node;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts two streams about the same objects in order: what a watch and fresh lists tell, and the
 * answers to the operator's own writes. Neither brings back what the other has already replaced. A
 * write holds back events for a while only, and nothing of a list that began after it: after an
 * etcd restore resource versions start again from a smaller number. Not thread-safe: what is
 * decided here has to be done before the next is decided.
 */
public final class Versions {
  private static final Duration MEMORY = Duration.ofSeconds(30);

  private record Written(long version, Instant at) {}

  private record Seen(long version, Optional<Instant> deleted) {}

  private final InstantSource clock;
  private final Map<String, Seen> seen = new HashMap<>();
  private final Map<String, Written> written = new HashMap<>();

  /**
   * No versions yet.
   *
   * @param clock the time, the same by which lists begin
   */
  public Versions(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether an event brings something new; remembered as seen if so. */
  public boolean isNewEvent(String name, String resourceVersion) {
    return isNew(name, resourceVersion, clock.instant().minus(MEMORY));
  }

  /**
   * Whether an object in a fresh list is something new; remembered as seen if so. Only a write
   * since the listing began may be newer than the list.
   */
  public boolean isNewInList(String name, String resourceVersion, Instant began) {
    return isNew(name, resourceVersion, began);
  }

  /** Whether a version is smaller than the last one that was seen: etcd was restored since. */
  public boolean isOlder(String name, String resourceVersion) {
    Seen last = seen.get(name);
    return last != null && number(resourceVersion) < last.version();
  }

  private boolean isNew(String name, String resourceVersion, Instant writesSince) {
    long version = number(resourceVersion);
    Written own = written.get(name);
    if (own != null && version < own.version() && own.at().isAfter(writesSince)) {
      return false;
    }
    written.remove(name);
    seen.put(name, new Seen(version, Optional.empty()));
    return true;
  }

  /** Notes that an object was deleted: no write to it brings it back. */
  public void deleted(String name) {
    written.remove(name);
    Instant now = clock.instant();
    // Long enough for an answer that is on its way; not for ever, as names come and go.
    seen.values()
        .removeIf(s -> s.deleted().filter(at -> at.plus(MEMORY).isBefore(now)).isPresent());
    seen.put(name, new Seen(0, Optional.of(now)));
  }

  /** Whether the answer to a write brings something new; remembered as written if so. */
  public boolean isNewWrite(String name, String resourceVersion) {
    long version = number(resourceVersion);
    Seen last = seen.get(name);
    if (last != null && (last.deleted().isPresent() || version <= last.version())) {
      return false;
    }
    written.put(name, new Written(version, clock.instant()));
    return true;
  }

  /** Kubernetes 1.35 documents that resource versions of one resource compare as numbers. */
  private static long number(String resourceVersion) {
    try {
      return Long.parseLong(resourceVersion);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
