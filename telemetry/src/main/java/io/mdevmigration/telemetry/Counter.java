package io.mdevmigration.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;

/** How often something has happened. Safe for use by many threads. */
public final class Counter {
  private final Optional<? extends MeterRegistry> registry;
  private final String name;
  private final String help;
  private final List<Label<?>> labels;

  Counter(
      Optional<? extends MeterRegistry> registry, String name, String help, List<Label<?>> labels) {
    this.registry = registry;
    this.name = name;
    this.help = help;
    this.labels = List.copyOf(labels);
  }

  /**
   * It has happened so often more.
   *
   * @param values one of each label, in their order
   */
  public void add(long times, Enum<?>... values) {
    registry.ifPresent(
        r ->
            io.micrometer.core.instrument.Counter.builder(name)
                .description(help)
                .tags(Meters.tags(labels, values))
                .register(r)
                .increment((double) times));
  }

  /** It has happened once more. */
  public void increment(Enum<?>... values) {
    add(1, values);
  }
}
