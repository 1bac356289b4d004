package io.mdevmigration.operator.census;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.operator.fleet.ClassOnDriver;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.label.LabelTable;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the fleet stands at a moment.
 *
 * @param counts what is not 0
 */
public record Census(Map<Enum<?>, Integer> counts) {

  /** Why a label stays although nothing says that it may. */
  enum Doubt {
    /** Nothing is known for certain. */
    DOUBT,
    /** What is stored belongs to a former Node of the same name. */
    OTHER_NODE
  }

  /** How the trial of a class on a driver stands. */
  enum TrialState {
    RUNNING,
    SUSPECTED
  }

  public Census {
    counts = Map.copyOf(counts);
  }

  /** How many there are of this. */
  int of(Enum<?> what) {
    return counts.getOrDefault(what, 0);
  }

  /**
   * Counts. Takes a look at every label and every check of the fleet.
   *
   * @param table which label a node gets, keeps and loses
   */
  public static Census of(
      Fleet fleet, Compatibilities compatibilities, LabelTable table, Instant now) {
    Count count = new Count();
    for (NodeFacts node : fleet.nodes()) {
      Optional<NodeReport> report = fleet.report(node.name());
      count.node(node, report, now);
      if (!node.ownLabelKeys().isEmpty()) {
        table
            .decide(node, report, compatibilities.wantedLabels(node), Set.of(), now)
            .forEach(
                (key, row) -> {
                  if (node.labels().containsKey(key)) {
                    count.label(row);
                  }
                });
      }
    }
    count.asked(compatibilities);
    return new Census(count.counts);
  }

  private static final class Count {
    private final Map<Enum<?>, Integer> counts = new HashMap<>();

    private void add(Enum<?> what, boolean is) {
      if (is) {
        counts.merge(what, 1, Integer::sum);
      }
    }

    void node(NodeFacts node, Optional<NodeReport> report, Instant now) {
      add(Figure.NODES, true);
      add(Figure.WITH_STATE, report.isPresent());
      add(Figure.LABELLED_WITHOUT_STATE, report.isEmpty() && !node.ownLabelKeys().isEmpty());
      // A daemon that has just created its object has said nothing yet.
      report.filter(r -> r.observed().isPresent()).ifPresent(r -> said(r, now));
      report.ifPresent(r -> r.checks().forEach(check -> question(r, check)));
    }

    private void said(NodeReport report, Instant now) {
      add(Figure.STALE, !report.isFresh(now));
      add(Figure.INCOMPLETE, !report.complete());
      add(Figure.NOT_READY, !report.ready());
    }

    private void question(NodeReport report, Check check) {
      MdevClass asked = check.mdevClass();
      add(
          Figure.OPEN_QUESTIONS,
          report
              .answer(asked.type(), asked.digest())
              .filter(answer -> !answer.is(Reason.ASKING))
              .isEmpty());
    }

    void label(LabelRow row) {
      add(Figure.LABELS, true);
      if (row.effect() == LabelRow.Effect.KEEP) {
        add(row.equals(LabelRow.OTHER_NODE) ? Doubt.OTHER_NODE : Doubt.DOUBT, true);
      }
    }

    void asked(Compatibilities compatibilities) {
      Set<MdevClass> classes = new HashSet<>();
      Set<ClassOnDriver> running = new HashSet<>();
      Set<ClassOnDriver> suspected = new HashSet<>();
      for (Asked asked : compatibilities.all()) {
        String type = asked.spec().mdevType();
        add(Figure.COMPATIBILITIES, true);
        classes.addAll(asked.resolution().mdevClasses());
        asked
            .recorded()
            .forEach(
                (digest, recorded) -> {
                  recorded
                      .trial()
                      .ifPresent(t -> running.add(new ClassOnDriver(type, digest, t.driver())));
                  recorded
                      .suspected()
                      .forEach(s -> suspected.add(new ClassOnDriver(type, digest, s.driver())));
                });
      }
      counts.put(Figure.CLASSES, classes.size());
      counts.put(TrialState.RUNNING, running.size());
      counts.put(TrialState.SUSPECTED, suspected.size());
    }
  }
}
