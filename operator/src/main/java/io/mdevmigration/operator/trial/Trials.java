package io.mdevmigration.operator.trial;

import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilityStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.crds.Trial;
import io.mdevmigration.operator.fleet.ClassOnDriver;
import io.mdevmigration.operator.fleet.Fleet;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.source.Compatibilities;
import io.mdevmigration.operator.source.Compatibilities.Asked;
import io.mdevmigration.operator.source.Recorded;
import io.mdevmigration.operator.trial.Candidate.Publishing;
import io.mdevmigration.operator.trial.TrialRules.OnDriver;
import io.mdevmigration.operator.trial.TrialRules.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The trials of all classes, as they are stored: in the status of the MigrationCompatibility
 * objects, in the nodes' checks and in their answers. What has ended a moment ago is remembered
 * besides.
 */
public final class Trials {
  private final Fleet fleet;
  private final Compatibilities compatibilities;
  private final TrialPeriods periods;
  private final JustTried justTried;

  /** Trials of a fleet. */
  public Trials(Fleet fleet, Compatibilities compatibilities, TrialPeriods periods) {
    this.fleet = fleet;
    this.compatibilities = compatibilities;
    this.periods = periods;
    this.justTried = new JustTried(this::isTrying, periods);
  }

  // ---- what a node may be asked

  /** Whether a node may be asked about a class, by what is stored. */
  public Permission permission(NodeReport report, MdevClass mdevClass) {
    Optional<String> driver = report.driverOf(mdevClass.type());
    if (hasJustProven(report, mdevClass)) {
      return Permission.PROVEN;
    }
    if (driver.isEmpty()) {
      return Permission.WAIT;
    }
    String digest = mdevClass.digest();
    if (fleet.isTried(new ClassOnDriver(mdevClass.type(), digest, driver.get()))) {
      return Permission.ASK;
    }
    Optional<Trial> trial =
        recorded(digest)
            .flatMap(r -> r.trial().stream())
            .filter(t -> t.node().equals(report.name()) && t.driver().equals(driver.get()))
            .findFirst();
    if (trial.isPresent()) {
      // In another boot than the trial's, what the node says about it must stay until it has been
      // judged: it may be all that shows that the node had begun.
      return report.bootID().equals(trial.map(Trial::bootID))
          ? isTriedBesides(report.name(), mdevClass) ? Permission.WAIT : Permission.TRY
          : Permission.HOLD;
    }
    return recorded(digest)
            .flatMap(r -> r.suspected().stream())
            .anyMatch(s -> s.node().equals(report.name()) && s.driver().equals(driver.get()))
        ? Permission.HOLD
        : Permission.WAIT;
  }

  /**
   * Whether a node has just tried a class well on a driver, and nothing shows that any more: the
   * driver is loaded anew before the check of the trial has become one that proves it for good.
   */
  private boolean hasJustProven(NodeReport report, MdevClass mdevClass) {
    return report
        .check(mdevClass)
        .filter(Check::triesFirst)
        .flatMap(check -> Optional.ofNullable(check.driver()))
        .map(driver -> new ClassOnDriver(mdevClass.type(), mdevClass.digest(), driver))
        .filter(pair -> justTried.remembers(pair) && !fleet.isTried(pair))
        .isPresent();
  }

  /** Why a node is not asked about a class that is new to its driver; empty if it is asked. */
  public Optional<Reason> withheld(NodeReport report, MdevClass mdevClass) {
    Optional<String> driver = report.driverOf(mdevClass.type());
    if (driver.isEmpty()
        || fleet.isTried(new ClassOnDriver(mdevClass.type(), mdevClass.digest(), driver.get()))) {
      return Optional.empty();
    }
    return Optional.of(
        recorded(mdevClass.digest()).anyMatch(r -> r.suspects(driver.get()))
            ? Reason.SUSPECTED
            : Reason.AWAITING_TRIAL);
  }

  /** Names of the nodes that try a class, or did when it became suspected. */
  public Set<String> nodesOf(String digest) {
    Set<String> nodes = new HashSet<>(fleet.triers(digest));
    recorded(digest)
        .forEach(
            r -> {
              r.trial().map(Trial::node).ifPresent(nodes::add);
              r.suspected().stream().map(Suspicion::node).forEach(nodes::add);
            });
    return nodes;
  }

  /**
   * Takes up which pairs of class and driver are no longer new to the fleet, or are again: the
   * driver's nodes may wait for more of the kind.
   */
  public void changed(Collection<ClassOnDriver> pairs, Instant now) {
    justTried.ended(pairs.stream().filter(fleet::isTried).toList(), now);
  }

  /**
   * For how long at most a node's checks may stay as they are, because all that is new in them has
   * just been tried on its driver, and more is about to be.
   *
   * @param decided what they are to be
   * @return empty: not at all
   */
  public Optional<Duration> maxWait(NodeReport report, List<Check> decided, Instant now) {
    // What proves a trial for good is not put off: the proof that is remembered is soon forgotten.
    return decided.stream().anyMatch(check -> hasJustProven(report, check.mdevClass()))
        ? Optional.empty()
        : justTried.maxWait(report, decided, now);
  }

  /** Whether a trial on a driver is recorded, of one of these types, that it has not answered. */
  private boolean isTrying(String driver, Predicate<String> types) {
    return compatibilities.all().stream()
        .filter(asked -> types.test(asked.spec().mdevType()))
        .anyMatch(
            asked ->
                asked.recorded().entrySet().stream()
                    .filter(entry -> entry.getValue().isBeingTriedOn(driver))
                    .map(
                        entry -> new ClassOnDriver(asked.spec().mdevType(), entry.getKey(), driver))
                    .anyMatch(pair -> !fleet.isTried(pair)));
  }

  /**
   * Whether another node still has the check of a trial that has not ended well: until it is gone,
   * no other gets one.
   */
  private boolean isTriedBesides(String node, MdevClass mdevClass) {
    Set<String> triers = fleet.triers(mdevClass.digest());
    return !triers.contains(node)
        && triers.stream().anyMatch(trier -> !hasAnswered(trier, mdevClass));
  }

  private boolean hasAnswered(String trier, MdevClass mdevClass) {
    return fleet
        .report(trier)
        .flatMap(report -> report.check(mdevClass))
        .flatMap(check -> Optional.ofNullable(check.driver()))
        .filter(
            driver ->
                fleet.isTried(new ClassOnDriver(mdevClass.type(), mdevClass.digest(), driver)))
        .isPresent();
  }

  private Stream<Recorded> recorded(String digest) {
    return compatibilities.all().stream()
        .flatMap(asked -> Optional.ofNullable(asked.recorded().get(digest)).stream());
  }

  // ---- what to record next

  /**
   * What an object's status is to record about trials.
   *
   * @param recorded by digest of the class; classes of which nothing is to be recorded are left out
   * @param happened what an admin would want to be told, by digest
   * @param lookAgain when time alone changes it; empty: not by time alone
   */
  public record Outlook(
      Map<String, Recorded> recorded,
      Map<String, List<Happening>> happened,
      Optional<Duration> lookAgain) {}

  /**
   * Decides what an object's status is to record.
   *
   * @param asked the object
   * @param status its status as it was last stored
   */
  public Outlook outlook(Asked asked, Optional<MigrationCompatibilityStatus> status, Instant now) {
    Map<String, Recorded> stored = new TreeMap<>();
    asked.resolution().classes().forEach(c -> stored.put(c.digest(), Recorded.NOTHING));
    // A class that is no longer published stays suspected: its publisher may come back.
    status.stream()
        .flatMap(s -> s.sources().stream())
        .filter(s -> s.label().equals(MdevClass.labelKey(asked.spec().mdevType(), s.digest())))
        .filter(s -> !Recorded.of(s).equals(Recorded.NOTHING))
        .forEach(s -> stored.put(s.digest(), Recorded.of(s)));
    Map<String, Recorded> recorded = new TreeMap<>();
    Map<String, List<Happening>> happened = new TreeMap<>();
    Optional<Duration> lookAgain = Optional.empty();
    for (var entry : stored.entrySet()) {
      String digest = entry.getKey();
      Situation situation = situation(asked, digest, entry.getValue(), now);
      var next = TrialRules.next(situation, periods, now);
      if (!next.recorded().equals(Recorded.NOTHING)) {
        recorded.put(digest, next.recorded());
      }
      if (!next.happened().isEmpty()) {
        happened.put(digest, next.happened());
      }
      lookAgain =
          Stream.of(lookAgain, next.lookAgain())
              .flatMap(Optional::stream)
              .min(Comparator.naturalOrder());
    }
    return new Outlook(recorded, happened, lookAgain);
  }

  private Situation situation(Asked asked, String digest, Recorded recorded, Instant now) {
    String type = asked.spec().mdevType();
    List<Asked> asking =
        compatibilities.all().stream()
            .filter(other -> other.asksAbout(digest))
            .sorted(Comparator.comparing(Asked::name))
            .toList();
    List<Recorded> elsewhere =
        compatibilities.all().stream()
            .filter(other -> !other.name().equals(asked.name()))
            .flatMap(other -> Optional.ofNullable(other.recorded().get(digest)).stream())
            .toList();
    Set<String> answered = new HashSet<>();
    Stream.concat(
            recorded.trial().map(Trial::driver).stream(),
            recorded.suspected().stream().map(Suspicion::driver))
        .filter(driver -> fleet.isTried(new ClassOnDriver(type, digest, driver)))
        .forEach(answered::add);
    Set<String> suspectedElsewhere = new HashSet<>();
    elsewhere.forEach(
        r -> r.suspected().stream().map(Suspicion::driver).forEach(suspectedElsewhere::add));
    return new Situation(
        recorded,
        answered,
        suspectedElsewhere,
        asking.stream().anyMatch(other -> other.spec().retrySuspected().contains(digest)),
        // Of several objects that ask about a class, the first by name begins its trials.
        !asking.isEmpty()
            && asking.get(0).name().equals(asked.name())
            && elsewhere.stream().noneMatch(r -> r.trial().isPresent()),
        recorded.trial().flatMap(trial -> candidate(trial.node(), type, digest, now)),
        fleet.triers(digest).stream()
            .sorted()
            .flatMap(name -> candidate(name, type, digest, now).stream())
            .toList(),
        fleet.driversOf(type).stream()
            .filter(driver -> !fleet.isTried(new ClassOnDriver(type, digest, driver)))
            .map(driver -> new OnDriver(driver, () -> nodes(asking, type, digest, driver, now)))
            .toList());
  }

  /** The nodes with a driver that some object wants asked about a class. */
  private List<Candidate> nodes(
      List<Asked> asking, String type, String digest, String driver, Instant now) {
    return fleet.serversOf(type, driver).stream()
        .sorted()
        .filter(name -> isWanted(asking, name))
        .flatMap(name -> candidate(name, type, digest, now).stream())
        .toList();
  }

  private boolean isWanted(List<Asked> asking, String name) {
    Optional<NodeFacts> node = fleet.node(name);
    return node.isPresent() && asking.stream().anyMatch(asked -> asked.targets(node.get()));
  }

  private Optional<Candidate> candidate(String name, String type, String digest, Instant now) {
    return fleet
        .node(name)
        .flatMap(
            node ->
                fleet
                    .report(name)
                    .filter(report -> report.belongsTo(node))
                    .map(
                        report ->
                            Candidate.of(
                                node, report, type, digest, publishing(report, digest), now)));
  }

  private Publishing publishing(NodeReport report, String digest) {
    return Optional.ofNullable(report.published().get(digest))
        .map(mdevClass -> fleet.publisherCount(mdevClass) > 1)
        .map(others -> others ? Publishing.AMONG_OTHERS : Publishing.ALONE)
        .orElse(Publishing.NOT);
  }
}
