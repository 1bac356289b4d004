package io.mdevmigration.operator.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Label changes that got no event of their own on the Node, counted for each MigrationCompatibility
 * that they belong to. Changes that follow each other are one wave: one event that grows, told at
 * most every 10 seconds. Bounded, whatever nodes say. Not thread-safe.
 */
final class LeftOut {
  /** How often an object's event is told at most. */
  static final Duration PERIOD = Duration.ofSeconds(10);

  /** After so long without another change a wave is over, and the next gets an event of its own. */
  static final Duration WAVE_END = Duration.ofMinutes(1);

  private static final int CAUSES_MAX = 8;
  private static final String OTHER = "other";

  /** How often one class's label came and went. */
  private static final class Tally {
    private int added;
    private final SortedMap<String, Integer> removed = new TreeMap<>();

    void count(LabelChange change) {
      if (change.added()) {
        added++;
        return;
      }
      String cause = change.cause();
      boolean fits = removed.containsKey(cause) || removed.size() < CAUSES_MAX;
      removed.merge(fits ? cause : OTHER, 1, Integer::sum);
    }

    String text(String key) {
      List<String> parts = new ArrayList<>();
      if (added > 0) {
        parts.add(nodes(added) + " got");
      }
      if (!removed.isEmpty()) {
        int all = removed.values().stream().mapToInt(Integer::intValue).sum();
        String why =
            removed.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        parts.add(nodes(all) + " lost (" + why + ")");
      }
      return String.join(" and ", parts) + " the label " + key;
    }

    private static String nodes(int count) {
      return count + (count == 1 ? " other node" : " other nodes");
    }
  }

  /** Changes of one object's labels that follow each other. */
  private static final class Wave {
    private final Instant start;
    private final SortedMap<String, Tally> byKey = new TreeMap<>();
    private Instant last;
    private Instant told;
    private boolean news;

    Wave(Instant start) {
      this.start = start;
      this.told = start;
    }
  }

  private final Map<Involved, Wave> waves = new HashMap<>();

  /**
   * Counts a change.
   *
   * @param about the MigrationCompatibility that wants the label
   * @param change the change
   * @param key the label key, one of the change's
   * @param now the time
   */
  void add(Involved about, LabelChange change, String key, Instant now) {
    Wave wave = waves.computeIfAbsent(about, a -> new Wave(now));
    wave.byKey.computeIfAbsent(key, k -> new Tally()).count(change);
    wave.last = now;
    wave.news = true;
  }

  /** What is to be told now. */
  List<Occurrence> due(Instant now) {
    List<Occurrence> due = new ArrayList<>();
    Iterator<Map.Entry<Involved, Wave>> all = waves.entrySet().iterator();
    while (all.hasNext()) {
      var entry = all.next();
      Wave wave = entry.getValue();
      if (wave.news && passed(PERIOD, wave.told, now)) {
        due.add(occurrence(entry.getKey(), wave));
        wave.news = false;
        wave.told = now;
      } else if (!wave.news && passed(WAVE_END, wave.last, now)) {
        all.remove();
      }
    }
    return due;
  }

  /** Everything that is not told yet, because there is no later. */
  List<Occurrence> rest() {
    List<Occurrence> rest =
        waves.entrySet().stream()
            .filter(e -> e.getValue().news)
            .map(e -> occurrence(e.getKey(), e.getValue()))
            .toList();
    waves.clear();
    return rest;
  }

  /** A clock that was set back has passed everything: silence would last until it catches up. */
  private static boolean passed(Duration period, Instant since, Instant now) {
    return now.isBefore(since) || !now.isBefore(since.plus(period));
  }

  private static Occurrence occurrence(Involved about, Wave wave) {
    String message =
        wave.byKey.entrySet().stream()
            .map(e -> e.getValue().text(e.getKey()))
            .collect(Collectors.joining("; "));
    return new Occurrence(
        about, EventType.NORMAL, EventReason.LABELS_CHANGED, wave.start.toString(), message);
  }
}
