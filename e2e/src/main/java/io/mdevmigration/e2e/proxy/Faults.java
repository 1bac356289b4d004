package io.mdevmigration.e2e.proxy;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What happens on one proxy at present. Immutable.
 *
 * @param odds how likely each fault is, from 0 to 1, for each request that it applies to
 * @param latency how long a request, and its answer, may take longer, at most
 * @param late how long after it happened an event of a watch is passed on, in order
 */
public record Faults(Map<Fault, Double> odds, Duration latency, Duration late) {
  /** Nothing is hurt. */
  public static final Faults NONE = new Faults(Map.of(), Duration.ZERO, Duration.ZERO);

  public Faults {
    odds = Map.copyOf(odds);
  }

  /** These with one fault as likely as this. */
  public Faults with(Fault fault, double odd) {
    Map<Fault, Double> more = new EnumMap<>(Fault.class);
    more.putAll(odds);
    more.put(fault, odd);
    return new Faults(more, latency, late);
  }

  /** These with so much latency. */
  public Faults withLatency(Duration most) {
    return new Faults(odds, most, late);
  }

  /** These with events so late. */
  public Faults withLateEvents(Duration by) {
    return new Faults(odds, latency, by);
  }

  /** What happens to a request. */
  Optional<Fault> draw(Request request, RandomGenerator random) {
    for (Fault fault : Fault.values()) {
      if (fault.appliesTo(request) && random.nextDouble() < odds.getOrDefault(fault, 0.0)) {
        return Optional.of(fault);
      }
    }
    return Optional.empty();
  }

  /** How long this message takes longer. */
  Duration delay(RandomGenerator random) {
    return latency.isZero()
        ? Duration.ZERO
        : Duration.ofNanos((long) (random.nextDouble() * latency.toNanos()));
  }
}
