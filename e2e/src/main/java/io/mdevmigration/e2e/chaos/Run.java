package io.mdevmigration.e2e.chaos;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.e2e.chaos.Schedule.Begin;
import io.mdevmigration.e2e.chaos.Violation.Promise;
import io.mdevmigration.operator.label.LabelTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** One run: plays a schedule on the API server and on paper, and compares. */
final class Run {
  /** How long to wait for quiet before labels are called wrong. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration SETTLED = Duration.ofMillis(400);

  /** How soon a kernel that has panicked is noticed, at the latest, while a schedule is played. */
  private static final Duration WATCHDOG = Duration.ofMillis(50);

  private final Cluster cluster;
  private final Schedule schedule;
  private final LabelTable table;
  private final Duration patience;
  private final Journal journal = new Journal();
  private final Model model = new Model();
  private final List<Violation> violations = new ArrayList<>();
  private final Evidence evidence = new Evidence();
  private final long begin = System.nanoTime();
  private int panics;

  /**
   * What a run gave.
   *
   * @param line the run in one line
   * @param violations promises that were not kept
   */
  record Result(String line, List<Violation> violations) {}

  private Run(Cluster cluster, Schedule schedule, LabelTable table, Duration patience) {
    this.cluster = cluster;
    this.schedule = schedule;
    this.table = table;
    this.patience = patience;
  }

  /**
   * Plays a schedule, and clears up after it.
   *
   * @param table by which the operator decides
   * @param patience how long to wait for quiet before labels are called wrong
   */
  static Result play(Cluster cluster, Schedule schedule, LabelTable table, Duration patience) {
    return new Run(cluster, schedule, table, patience).play();
  }

  private Result play() {
    try (World world = new World(cluster, journal, schedule, table)) {
      play(world);
      if (world.panics() > world.panicsExcused()) {
        add(
            Promise.ONE_STRING_TAKES_ONE_NODE_DOWN_ONCE,
            "some node",
            "%d panics, %d excused".formatted(world.panics(), world.panicsExcused()));
      }
      panics = world.panics();
    } finally {
      cluster.clear();
    }
    violations.addAll(PatchCheck.of(journal.entries(), begin));
    if (!violations.isEmpty()) {
      evidence.write(schedule, journal.entries(), begin);
    }
    return new Result(line(), List.copyOf(violations));
  }

  private void play(World world) {
    world.start(Storm.OPERATOR);
    play(world, schedule.opening());
    if (schedule.shape().begin() == Begin.SETTLED
        && !await(world, "before the storm", Settings.CHANGE_BOUND)) {
      return;
    }
    play(world, schedule.storm());
    play(world, schedule.calm());
    world.heal();
    if (await(world, "after the storm", Settings.HEALING_BOUND)) {
      play(world, schedule.coda());
      await(world, "after the coda", Settings.CHANGE_BOUND);
    }
  }

  private void play(World world, List<Step> steps) {
    long start = System.nanoTime();
    for (Step step : steps) {
      awaitStep(world, start + Duration.ofMillis(step.at()).toNanos());
      step.action().accept(model);
      step.action().accept(world);
    }
  }

  private static void awaitStep(World world, long moment) {
    world.rebootPanicked();
    for (long wait; (wait = moment - System.nanoTime()) > 0; ) {
      Cluster.pause(Duration.ofNanos(Math.min(wait, WATCHDOG.toNanos())));
      world.rebootPanicked();
    }
  }

  /** Waits until every label equals the model for a while; whether it came to that. */
  private boolean await(World world, String when, Duration refusedAtMost) {
    long start = System.nanoTime();
    long[] equalSince = {Long.MAX_VALUE};
    Set<String> late = new TreeSet<>();
    boolean equal =
        Cluster.await(
            patience,
            () -> {
              world.rebootPanicked();
              world.releaseAll();
              world.retrySuspected();
              List<Node> nodes = world.nodes();
              long now = System.nanoTime();
              if (now - start > refusedAtMost.toNanos()) {
                late.addAll(refused(nodes));
              }
              if (differences(nodes).isEmpty()) {
                equalSince[0] = Math.min(equalSince[0], now);
              } else {
                equalSince[0] = Long.MAX_VALUE;
              }
              return equalSince[0] != Long.MAX_VALUE && now - equalSince[0] >= SETTLED.toNanos();
            });
    for (String label : late) {
      String node = label.substring(0, label.indexOf(' '));
      add(
          Promise.REFUSED_LABELS_GO_IN_TIME,
          node,
          "%s, %s: still there after %s%n%s".formatted(label, when, refusedAtMost, objects(node)));
    }
    if (!equal) {
      evidence.threads();
      differences(world.nodes())
          .forEach(
              (node, difference) ->
                  add(
                      Promise.LABELS_EQUAL_THE_MODEL,
                      node,
                      "%s, after %d s: %s%nthe hardware: %s%n%s"
                          .formatted(
                              when,
                              patience.toSeconds(),
                              difference,
                              model.machines().get(node),
                              objects(node))));
    }
    return equal;
  }

  /** What is wrong, by node. */
  private Map<String, String> differences(List<Node> nodes) {
    Map<String, String> differences = new HashMap<>();
    Map<String, Set<String>> expected = model.expected();
    expected.values().forEach(keys -> keys.removeIf(this::isPanicking));
    for (Node node : nodes) {
      String name = node.getMetadata().getName();
      Map<String, String> labels = node.getMetadata().getLabels();
      Set<String> own =
          labels.keySet().stream()
              .filter(MdevClass::isOwnLabel)
              .filter(key -> !isPanicking(key))
              .collect(toCollection(TreeSet::new));
      long all = labels.keySet().stream().filter(MdevClass::isOwnLabel).count();
      boolean allTrue = own.stream().allMatch(key -> "true".equals(labels.get(key)));
      if (!own.equals(expected.get(name)) || !allTrue) {
        differences.put(name, "has %s, expected %s".formatted(labels, expected.get(name)));
      }
      Map<String, String> foreign = model.machines().get(name).labels();
      if (!labels.entrySet().containsAll(foreign.entrySet())
          || labels.size() - all != foreign.size() + 3) {
        differences.merge(name, "has %s, foreign: %s".formatted(labels, foreign), (a, b) -> a + b);
      }
    }
    return differences;
  }

  /**
   * Whether a label is that of the class at which some driver panics: it is suspected in the end,
   * where nobody refuses and where nobody accepts, and nothing is promised about its labels.
   */
  private boolean isPanicking(String key) {
    return schedule.panicking().filter(c -> c.labelKey().equals(key)).isPresent();
  }

  /** Labels of classes that the node's drivers do not take. */
  private Set<String> refused(List<Node> nodes) {
    Set<String> refused = new TreeSet<>();
    for (Node node : nodes) {
      for (String type : Vendor.TYPES) {
        for (String version : Vendor.versions(type)) {
          MdevClass mdevClass = new MdevClass(type, version);
          String name = node.getMetadata().getName();
          if (!isPanicking(mdevClass.labelKey())
              && node.getMetadata().getLabels().containsKey(mdevClass.labelKey())
              && !model.takes(name, mdevClass)) {
            refused.add(name + " refuses " + mdevClass + " and has " + mdevClass.labelKey());
          }
        }
      }
    }
    return refused;
  }

  private String objects(String node) {
    var client = cluster.client();
    List<Object> all = new ArrayList<>();
    all.add(client.nodes().withName(node).get());
    all.add(client.resources(MdevNodeState.class).withName(node).get());
    all.addAll(client.resources(MigrationCompatibility.class).list().getItems());
    return all.stream().filter(Objects::nonNull).map(Serialization::asYaml).collect(joining());
  }

  private void add(Promise promise, String node, String what) {
    violations.add(new Violation(promise, node, what));
  }

  private String line() {
    Model opened = schedule.opened();
    return "seed %d: %d nodes, %d asks, operator %s, %s; %d events, %d faults, %d panics; %.1f s%s"
        .formatted(
            schedule.seed(),
            opened.machines().size(),
            opened.specs().size(),
            schedule.shape().operator(),
            schedule.shape().begin(),
            schedule.storm().size() + schedule.coda().size(),
            journal.faults(),
            panics,
            (System.nanoTime() - begin) / 1e9,
            violations.isEmpty() ? "" : "; VIOLATIONS: " + violations.size());
  }
}
