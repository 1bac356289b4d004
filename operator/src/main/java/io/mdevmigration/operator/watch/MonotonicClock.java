package io.mdevmigration.operator.watch;

import java.time.Instant;
import java.time.InstantSource;

/** The time since the program started, for durations alone: nobody sets it forward or back. */
public final class MonotonicClock implements InstantSource {
  private final Instant begin = Instant.now();
  private final long beginNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return begin.plusNanos(System.nanoTime() - beginNanos);
  }
}
