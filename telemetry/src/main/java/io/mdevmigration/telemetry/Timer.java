package io.mdevmigration.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How long something takes. Safe for use by many threads. */
public final class Timer {
  private final Optional<? extends MeterRegistry> registry;
  private final String name;
  private final String help;
  private final Duration[] buckets;
  private final List<Label<?>> labels;

  Timer(
      Optional<? extends MeterRegistry> registry,
      String name,
      String help,
      List<Duration> buckets,
      List<Label<?>> labels) {
    this.registry = registry;
    this.name = name;
    this.help = help;
    this.buckets = buckets.toArray(Duration[]::new);
    this.labels = List.copyOf(labels);
  }

  /**
   * It has taken so long once more.
   *
   * @param values one of each label, in their order
   */
  public void took(Duration time, Enum<?>... values) {
    registry.ifPresent(r -> of(r, values).record(time));
  }

  /** Shows these values from now on. */
  Timer shown(Enum<?>... values) {
    registry.ifPresent(r -> of(r, values));
    return this;
  }

  private io.micrometer.core.instrument.Timer of(MeterRegistry r, Enum<?>... values) {
    return io.micrometer.core.instrument.Timer.builder(name)
        .description(help)
        .serviceLevelObjectives(buckets)
        .tags(Meters.tags(labels, values))
        .register(r);
  }
}
