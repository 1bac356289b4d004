package io.mdevmigration.telemetry;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.http.Page;
import io.mdevmigration.http.Response;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Makes the meters of one program, and the page that shows them. A label's values come from an
 * enum: there is no way to give a meter any other.
 */
public final class Meters {
  /** Prometheus' text format; what every collector reads. */
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final String prefix;
  private final Optional<PrometheusMeterRegistry> registry;

  /** The registry itself holds on to nothing that it asks for a count. */
  private final Queue<LongSupplier> counts = new ConcurrentLinkedQueue<>();

  private Meters(String prefix, Optional<PrometheusMeterRegistry> registry) {
    this.prefix = requireNonNull(prefix, "prefix");
    this.registry = registry;
  }

  /**
   * No meters yet.
   *
   * @param prefix what every name begins with, {@code mdev.operator} for example
   */
  public static Meters of(String prefix) {
    return new Meters(prefix, Optional.of(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
  }

  /** Meters that count nothing and hold on to nothing, where nobody reads them. */
  public static Meters none() {
    return new Meters("none", Optional.empty());
  }

  /** What a collector reads. */
  public Page page() {
    return () -> new Response(200, TEXT, text());
  }

  /** All meters, in Prometheus' text format. */
  public String text() {
    return registry.map(PrometheusMeterRegistry::scrape).orElse("");
  }

  /** What every program shows: its version, and the memory that its objects take. */
  public void program(String version) {
    registry.ifPresent(
        r ->
            Gauge.builder(prefix + ".build.info", () -> 1)
                .description("1; this program's version.")
                .tag("version", version)
                .register(r));
    gauge(
        "heap.bytes",
        "Memory that Java objects take, garbage included.",
        () -> (double) Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
  }

  /** What stands at this moment. */
  public void gauge(String name, String help, DoubleSupplier value) {
    gauge(name, help, Tags.empty(), value);
  }

  /** What stands at this moment, for each value of a label. */
  public <E extends Enum<E>> void gauge(
      String name, String help, Label<E> label, ToDoubleFunction<E> value) {
    for (E each : label.values().getEnumConstants()) {
      gauge(name, help, tags(label, each), () -> value.applyAsDouble(each));
    }
  }

  private void gauge(String name, String help, Tags tags, DoubleSupplier value) {
    registry.ifPresent(
        r ->
            Gauge.builder(prefix + "." + name, value, DoubleSupplier::getAsDouble)
                .description(help)
                .tags(tags)
                .strongReference(true)
                .register(r));
  }

  /** What is counted elsewhere. */
  public void counted(String name, String help, LongSupplier count) {
    counted(name, help, Tags.empty(), count);
  }

  /** What is counted elsewhere, for each value of a label. */
  public <E extends Enum<E>> void counted(
      String name, String help, Label<E> label, ToLongFunction<E> count) {
    for (E each : label.values().getEnumConstants()) {
      counted(name, help, tags(label, each), () -> count.applyAsLong(each));
    }
  }

  private void counted(String name, String help, Tags tags, LongSupplier count) {
    registry.ifPresent(
        r -> {
          counts.add(count);
          FunctionCounter.builder(prefix + "." + name, count, LongSupplier::getAsLong)
              .description(help)
              .tags(tags)
              .register(r);
        });
  }

  /** A counter, which begins at 0. */
  public Counter counter(String name, String help) {
    Counter counter = new Counter(registry, prefix + "." + name, help, List.of());
    counter.add(0);
    return counter;
  }

  /** A counter with a label, of which each value begins at 0. */
  public <E extends Enum<E>> Counter counter(String name, String help, Label<E> label) {
    Counter counter = new Counter(registry, prefix + "." + name, help, List.of(label));
    for (E each : label.values().getEnumConstants()) {
      counter.add(0, each);
    }
    return counter;
  }

  /** A counter with two labels, of which a pair of values is shown once it has been counted. */
  public <A extends Enum<A>, B extends Enum<B>> Counter counter(
      String name, String help, Label<A> one, Label<B> other) {
    Counter counter = new Counter(registry, prefix + "." + name, help, List.of(one, other));
    // Otherwise the metric would not be there before anything has happened.
    counter.add(0, one.values().getEnumConstants()[0], other.values().getEnumConstants()[0]);
    return counter;
  }

  /**
   * How long something takes.
   *
   * @param buckets of a histogram, ascending; none: no histogram but count and sum
   */
  public Timer timer(String name, String help, List<Duration> buckets) {
    return new Timer(registry, prefix + "." + name, help, buckets, List.of()).shown();
  }

  /** How long something takes, for each pair of values of two labels. */
  public <A extends Enum<A>, B extends Enum<B>> Timer timer(
      String name, String help, List<Duration> buckets, Label<A> one, Label<B> other) {
    Timer timer = new Timer(registry, prefix + "." + name, help, buckets, List.of(one, other));
    for (A first : one.values().getEnumConstants()) {
      for (B second : other.values().getEnumConstants()) {
        timer.shown(first, second);
      }
    }
    return timer;
  }

  private static <E extends Enum<E>> Tags tags(Label<E> label, E value) {
    return Tags.of(label.name(), Label.text(value));
  }

  /**
   * The tags of these values.
   *
   * @throws IllegalArgumentException if they are not one of each label, in their order
   */
  static Tags tags(List<Label<?>> labels, Enum<?>... values) {
    if (labels.size() != values.length) {
      throw new IllegalArgumentException("%d values for %s".formatted(values.length, labels));
    }
    Tags tags = Tags.empty();
    for (int i = 0; i < values.length; i++) {
      Label<?> label = labels.get(i);
      if (!values[i].getDeclaringClass().equals(label.values())) {
        throw new IllegalArgumentException("%s is no value of %s".formatted(values[i], label));
      }
      tags = tags.and(label.name(), Label.text(values[i]));
    }
    return tags;
  }
}
