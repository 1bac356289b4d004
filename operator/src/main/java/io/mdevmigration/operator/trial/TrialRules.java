package io.mdevmigration.operator.trial;

import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.crds.Trial;
import io.mdevmigration.operator.source.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Decides what becomes of the trials of one class. At most one goes on at a time. A trial that a
 * node has begun is given to no other node before it has ended: well, when the driver has answered;
 * otherwise the class is suspected on that driver and asked nowhere until an admin says so.
 */
final class TrialRules {
  /** More drivers than this on which a class is suspected: it is not tried on any other. */
  static final int SUSPECTED_MAX = 16;

  private final Situation situation;
  private final TrialPeriods periods;
  private final Instant now;
  private final List<Suspicion> suspected = new ArrayList<>();
  private final List<Happening> happened = new ArrayList<>();
  private Optional<Duration> lookAgain = Optional.empty();

  private TrialRules(Situation situation, TrialPeriods periods, Instant now) {
    this.situation = situation;
    this.periods = periods;
    this.now = now;
  }

  /**
   * What is known about one class.
   *
   * @param recorded what is stored
   * @param answered those of the recorded drivers to which the class is not new any more
   * @param suspectedElsewhere drivers that another object's record suspects
   * @param retry whether an admin lets it be tried again where it is suspected
   * @param mayBegin whether a trial may be begun on the strength of this record; not while another
   *     object holds one
   * @param canary the node of the trial that is going on; empty if it is gone
   * @param triers the nodes whose checks say that they try the class
   * @param drivers the drivers to which the class is new, in the order in which to try them
   */
  record Situation(
      Recorded recorded,
      Set<String> answered,
      Set<String> suspectedElsewhere,
      boolean retry,
      boolean mayBegin,
      Optional<Candidate> canary,
      List<Candidate> triers,
      List<OnDriver> drivers) {
    Situation {
      answered = Set.copyOf(answered);
      suspectedElsewhere = Set.copyOf(suspectedElsewhere);
      triers = List.copyOf(triers);
      drivers = List.copyOf(drivers);
    }

    Optional<OnDriver> driver(String identity) {
      return drivers.stream().filter(d -> d.identity().equals(identity)).findFirst();
    }
  }

  /**
   * A driver to which the class is new.
   *
   * @param identity the driver's
   * @param nodes the nodes that have it and are to be asked, in the order in which to try; looked
   *     for only when a trial is to be given to one of them, because they may be thousands
   */
  record OnDriver(String identity, Supplier<List<Candidate>> nodes) {
    /** The one to try first, by who publishes the class. */
    Optional<Candidate> first() {
      return nodes.get().stream()
          .filter(Candidate::canBegin)
          .min(Comparator.comparing(Candidate::publishing));
    }

    /**
     * The next one that can begin, behind a node in order, and from the start again.
     *
     * @return empty if there is none, or the node is not among them
     */
    Optional<Candidate> after(String name) {
      List<Candidate> all = nodes.get();
      int at = all.stream().map(Candidate::name).toList().indexOf(name);
      List<Candidate> order = new ArrayList<>(all.subList(at + 1, all.size()));
      order.addAll(all.subList(0, Math.max(at, 0)));
      return order.stream().filter(Candidate::canBegin).findFirst();
    }

    boolean has(String name) {
      return nodes.get().stream().anyMatch(node -> node.name().equals(name));
    }
  }

  /**
   * What to record next.
   *
   * @param recorded what to store
   * @param happened what an admin would want to be told
   * @param lookAgain when time alone changes the decision; empty: not by time alone
   */
  record Next(Recorded recorded, List<Happening> happened, Optional<Duration> lookAgain) {}

  /** Decides. */
  static Next next(Situation situation, TrialPeriods periods, Instant now) {
    return new TrialRules(situation, periods, now).decide();
  }

  private Next decide() {
    Optional<Trial> trial = situation.recorded().trial().flatMap(this::goOn);
    suspicions();
    if (trial.isEmpty() && situation.mayBegin()) {
      trial = begin();
    }
    return new Next(new Recorded(trial, suspected), happened, lookAgain);
  }

  // ---- the trial that is going on

  private Optional<Trial> goOn(Trial trial) {
    if (situation.answered().contains(trial.driver())) {
      return ended(trial, Happening.Kind.ENDED);
    }
    if (situation.canary().isEmpty()) {
      return trial.hasBegun() ? suspect(trial) : ended(trial, Happening.Kind.GIVEN_UP);
    }
    Candidate canary = situation.canary().get();
    if (!canary.bootID().equals(Optional.of(trial.bootID()))) {
      return trial.hasBegun() || canary.progress().hasBegun()
          ? suspect(trial)
          : ended(trial, Happening.Kind.GIVEN_UP);
    }
    if (!canary.driver().equals(Optional.of(trial.driver()))) {
      // A driver is not unloaded before its calls have returned: this one was not harmed.
      return ended(trial, Happening.Kind.GIVEN_UP);
    }
    return switch (canary.progress()) {
      case ASKING, HANGING ->
          isOver(trial, periods.silence()) ? suspect(trial) : Optional.of(trial.begun());
      case RETURNED ->
          isOver(trial, periods.silence()) ? moveOn(trial) : Optional.of(trial.begun());
      case NOT_BEGUN -> isOver(trial, periods.begin()) ? moveOn(trial) : Optional.of(trial);
      case EXHAUSTED -> moveOn(trial);
      case SETTLED, LEFT_IN_ANOTHER_BOOT, ANSWERED -> ended(trial, Happening.Kind.GIVEN_UP);
    };
  }

  private Optional<Trial> ended(Trial trial, Happening.Kind how) {
    happened.add(new Happening(how, trial.driver(), trial.node()));
    return Optional.empty();
  }

  private Optional<Trial> suspect(Trial trial) {
    happened.add(new Happening(Happening.Kind.SUSPECTED, trial.driver(), trial.node()));
    suspected.add(suspicion(trial.driver(), trial.node(), situation.retry()));
    return Optional.empty();
  }

  /** To the next node; while there is none, the trial stays where it is. */
  private Optional<Trial> moveOn(Trial trial) {
    Optional<OnDriver> driver =
        situation.driver(trial.driver()).filter(nodes -> nodes.has(trial.node()));
    if (driver.isEmpty()) {
      // Its node is not to be asked any more.
      return ended(trial, Happening.Kind.GIVEN_UP);
    }
    return driver
        .get()
        .after(trial.node())
        .map(node -> begun(driver.get(), node))
        .or(() -> Optional.of(trial));
  }

  private boolean isOver(Trial trial, Duration period) {
    Instant since = instant(trial.since());
    Instant end = since.plus(period);
    // A time that lies ahead comes from a clock that has been put back since.
    if (!now.isBefore(end) || since.isAfter(now.plus(period))) {
      return true;
    }
    Duration wait = Duration.between(now, end).plusMillis(1);
    lookAgain = lookAgain.filter(other -> other.compareTo(wait) <= 0).or(() -> Optional.of(wait));
    return false;
  }

  // ---- what is suspected

  private void suspicions() {
    for (Suspicion before : situation.recorded().suspected()) {
      boolean answered = situation.answered().contains(before.driver());
      boolean released = situation.retry() && !before.wasRetried();
      if (isSuspected(before.driver())) {
        continue;
      }
      if (answered || released) {
        happened.add(new Happening(Happening.Kind.CLEARED, before.driver(), before.node()));
      } else {
        boolean retried = before.wasRetried() && situation.retry();
        suspected.add(
            new Suspicion(before.driver(), before.node(), before.time(), retried ? true : null));
      }
    }
    if (situation.mayBegin() && !situation.retry()) {
      situation.triers().forEach(this::unrecorded);
    }
  }

  private boolean isSuspected(String driver) {
    return suspected.stream().anyMatch(s -> s.driver().equals(driver))
        || situation.suspectedElsewhere().contains(driver);
  }

  /** A node that was left in a trial of which the record is lost, with the object that held it. */
  private void unrecorded(Candidate trier) {
    if (trier.progress() != Progress.LEFT_IN_ANOTHER_BOOT || trier.driver().isEmpty()) {
      return;
    }
    String driver = trier.driver().get();
    boolean isTried =
        situation.answered().contains(driver)
            || situation.recorded().trial().filter(t -> t.driver().equals(driver)).isPresent();
    if (!isTried && situation.driver(driver).isPresent() && !isSuspected(driver)) {
      happened.add(new Happening(Happening.Kind.SUSPECTED, driver, trier.name()));
      suspected.add(suspicion(driver, trier.name(), false));
    }
  }

  private Suspicion suspicion(String driver, String node, boolean retried) {
    return new Suspicion(
        driver, node, now.truncatedTo(ChronoUnit.SECONDS).toString(), retried ? true : null);
  }

  // ---- a new trial

  private Optional<Trial> begin() {
    if (suspected.size() >= SUSPECTED_MAX) {
      return Optional.empty();
    }
    for (OnDriver driver : situation.drivers()) {
      if (!isSuspected(driver.identity())) {
        Optional<Candidate> node = driver.first();
        if (node.isPresent()) {
          return Optional.of(begun(driver, node.get()));
        }
      }
    }
    return Optional.empty();
  }

  private Trial begun(OnDriver driver, Candidate node) {
    happened.add(new Happening(Happening.Kind.BEGUN, driver.identity(), node.name()));
    lookAgain = Optional.of(periods.begin().plusMillis(1));
    return new Trial(
        driver.identity(),
        node.name(),
        node.bootID().orElseThrow(),
        now.truncatedTo(ChronoUnit.MILLIS).toString(),
        null);
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }
}
