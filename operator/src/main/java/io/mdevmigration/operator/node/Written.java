package io.mdevmigration.operator.node;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers what was just written, so that an event from before the write, still on its way, does
 * not bring back what the write replaced. Only for a while: after an etcd restore resource versions
 * start again from a smaller number.
 */
public final class Written {
  private static final Duration MEMORY = Duration.ofSeconds(30);

  private record Version(long number, Instant until) {}

  private final InstantSource clock;
  private final Map<String, Version> versions = new ConcurrentHashMap<>();

  public Written(InstantSource clock) {
    this.clock = clock;
  }

  /** Remembers that this version was written. */
  public void wrote(String name, String resourceVersion) {
    versions.put(name, new Version(number(resourceVersion), clock.instant().plus(MEMORY)));
  }

  /** Whether a version is from before what was just written. */
  public boolean isOlder(String name, String resourceVersion) {
    Version written = versions.get(name);
    if (written == null) {
      return false;
    }
    if (number(resourceVersion) >= written.number() || clock.instant().isAfter(written.until())) {
      versions.remove(name, written);
      return false;
    }
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
