package io.mdevmigration.e2e.simulated;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what the drivers were asked. Thread-safe. */
final class Questions {
  private record Attribute(String parent, String type) {}

  private final Map<Question, Integer> writes = new ConcurrentHashMap<>();
  private final Map<Attribute, Integer> reads = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
  private final AtomicInteger mostAtOnce = new AtomicInteger();

  /** How often the attribute was read before this. */
  int read(String parent, String type) {
    return reads.merge(new Attribute(parent, type), 1, Integer::sum) - 1;
  }

  /** How often the question was asked before this. */
  int written(Question question) {
    return writes.merge(question, 1, Integer::sum) - 1;
  }

  void begin(String parent) {
    int now = underWay.computeIfAbsent(parent, p -> new AtomicInteger()).incrementAndGet();
    mostAtOnce.accumulateAndGet(now, Math::max);
  }

  void end(String parent) {
    underWay.get(parent).decrementAndGet();
  }

  int reads(String parent, String type) {
    return reads.getOrDefault(new Attribute(parent, type), 0);
  }

  int writes(Question question) {
    return writes.getOrDefault(question, 0);
  }

  Map<Question, Integer> writes() {
    return Map.copyOf(writes);
  }

  int mostAtOnce() {
    return mostAtOnce.get();
  }
}
