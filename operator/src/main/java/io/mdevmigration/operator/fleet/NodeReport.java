package io.mdevmigration.operator.fleet;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MdevNodeState;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one node's MdevNodeState says, believed only as far as it can be checked: a published class
 * counts only if its digest, computed again, is the one that stands beside it.
 *
 * @param name the node's name
 * @param ownerUid uid of the Node that owns the object; empty if none does
 * @param generation metadata.generation, which every patch of the spec tests
 * @param hasSpec whether the object has a spec at all
 * @param checks what the node is asked
 * @param complete whether absence from the inventory proves anything
 * @param bootID the boot that the inventory is about; empty if unknown
 * @param types the offered types by name
 * @param published the published classes by digest
 * @param parentGroups as published
 * @param answers what the drivers said, by digest
 * @param observed when the daemon last confirmed all this; empty if never
 * @param ready whether the daemon says that it can read the tree and ask
 * @param drivers identity of the driver that serves each type
 * @param askable types that some parent can be asked about: its answer is not known without
 * @param tried pairs that are not new to the fleet because of this node: its driver has answered,
 *     or it is asked without being the one that tries
 * @param trying digests of the classes that it tries before others do
 * @param restored whether it is older than one that was known before: it comes from a backup of
 *     etcd, and its daemon has not written since
 */
public record NodeReport(
    String name,
    Optional<String> ownerUid,
    long generation,
    boolean hasSpec,
    List<Check> checks,
    boolean complete,
    Optional<String> bootID,
    Map<String, OfferedType> types,
    Map<String, MdevClass> published,
    List<ParentGroup> parentGroups,
    Map<String, Answer> answers,
    Optional<Instant> observed,
    boolean ready,
    Map<String, String> drivers,
    Set<String> askable,
    Set<ClassOnDriver> tried,
    Set<String> trying,
    boolean restored) {

  /** The report that an object holds. */
  public static NodeReport of(MdevNodeState state) {
    var metadata = state.getMetadata();
    var spec = Optional.ofNullable(state.getSpec());
    var status = Optional.ofNullable(state.getStatus());
    Optional<Inventory> inventory = status.map(s -> s.inventory());
    Map<String, OfferedType> types = new LinkedHashMap<>();
    inventory.ifPresent(i -> i.types().forEach(t -> types.putIfAbsent(t.type(), t)));
    Map<String, Answer> answers = new HashMap<>();
    status.ifPresent(s -> s.answers().forEach(a -> answers.putIfAbsent(a.digest(), a)));
    List<Check> checks = spec.map(s -> s.checks()).orElse(List.of());
    Map<String, String> drivers = inventory.map(Inventory::drivers).orElse(Map.of());
    Set<String> askable =
        inventory.stream()
            .flatMap(i -> i.parentGroups().stream())
            .flatMap(group -> group.types().stream())
            .filter(NodeReport::canBeAsked)
            .map(ParentType::type)
            .collect(Collectors.toSet());
    return new NodeReport(
        metadata.getName(),
        Optional.ofNullable(metadata.getOwnerReferences()).orElse(List.of()).stream()
            .filter(owner -> "Node".equals(owner.getKind()))
            .map(OwnerReference::getUid)
            .filter(Objects::nonNull)
            .findFirst(),
        Optional.ofNullable(metadata.getGeneration()).orElse(0L),
        spec.isPresent(),
        checks,
        inventory.map(Inventory::complete).orElse(false),
        inventory.map(Inventory::bootID).filter(id -> !id.isBlank()),
        types,
        inventory.map(i -> verified(i.versions())).orElse(Map.of()),
        inventory.map(Inventory::parentGroups).orElse(List.of()),
        answers,
        status.map(s -> s.observedTime()).flatMap(NodeReport::instant),
        status.stream()
            .flatMap(s -> s.conditions().stream())
            .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus())),
        drivers,
        askable,
        Tried.of(checks, answers.values(), types, drivers, askable),
        checks.stream()
            .filter(Check::triesFirst)
            .map(check -> check.mdevClass().digest())
            .collect(Collectors.toSet()),
        false);
  }

  /** The same, as it comes from a backup or not. */
  NodeReport restored(boolean is) {
    return new NodeReport(
        name,
        ownerUid,
        generation,
        hasSpec,
        checks,
        complete,
        bootID,
        types,
        published,
        parentGroups,
        answers,
        observed,
        ready,
        drivers,
        askable,
        tried,
        trying,
        is);
  }

  /** A report older than this proves nothing: two missed refreshes of 6 hours, and some. */
  public static final Duration AGE_MAX = Duration.ofHours(13);

  /** Whether this is the report of this Node, and not of a former one of the same name. */
  public boolean belongsTo(NodeFacts node) {
    return ownerUid.equals(Optional.of(node.uid()));
  }

  /** Whether the Node has certainly booted since: both boot ids are known and differ. */
  public boolean isBeforeBootOf(NodeFacts node) {
    return node.bootID().isPresent() && bootID.isPresent() && !node.bootID().equals(bootID);
  }

  /** Whether the daemon has confirmed all this within the last 13 hours. */
  public boolean isFresh(Instant now) {
    return observed.filter(at -> !at.isBefore(now.minus(AGE_MAX))).isPresent();
  }

  /** When this will be too old to prove anything; empty if it is by now. */
  public Optional<Instant> freshUntil(Instant now) {
    return isFresh(now) ? observed.map(at -> at.plus(AGE_MAX)) : Optional.empty();
  }

  /** The published classes of a type. */
  public List<MdevClass> publishedOf(String type) {
    return published.values().stream().filter(c -> c.type().equals(type)).toList();
  }

  /** The types that some class is published of. */
  public Set<String> publishedTypes() {
    return published.values().stream().map(MdevClass::type).collect(Collectors.toSet());
  }

  /** What the groups say of a type, each with its group. */
  public Map<ParentGroup, ParentType> offersOf(String type) {
    Map<ParentGroup, ParentType> offers = new LinkedHashMap<>();
    for (ParentGroup group : parentGroups) {
      group.types().stream()
          .filter(offer -> offer.type().equals(type))
          .findFirst()
          .ifPresent(offer -> offers.put(group, offer));
    }
    return offers;
  }

  /**
   * What keeps a type from being asked about on this node: the worst that its parents show. Empty
   * if some parent can be asked, or none offers it.
   */
  public Optional<Problem> obstacle(String type) {
    return askable.contains(type)
        ? Optional.empty()
        : offersOf(type).values().stream()
            .flatMap(offer -> Optional.ofNullable(offer.problem()).stream())
            .min(Comparator.comparing(problem -> !problem.rulesOutMigration()));
  }

  /** The driver that serves a type; empty if the node is not known to offer it. */
  public Optional<String> driverOf(String type) {
    return Optional.ofNullable(drivers.get(type));
  }

  /** The check about a class; empty if the node is not asked about it. */
  public Optional<Check> check(MdevClass mdevClass) {
    return checks.stream().filter(check -> check.mdevClass().equals(mdevClass)).findFirst();
  }

  /** What was answered about a class; empty if nothing was. */
  public Optional<Answer> answer(String type, String digest) {
    return Optional.ofNullable(answers.get(digest)).filter(a -> a.type().equals(type));
  }

  /** With these the answer is known, or nothing can be, without asking. */
  private static boolean canBeAsked(ParentType offer) {
    return Optional.ofNullable(offer.problem())
        .filter(
            problem ->
                problem.rulesOutMigration()
                    || problem.is(Reason.READ_FAILED)
                    || problem.is(Reason.DRIVER_UNRESPONSIVE))
        .isEmpty();
  }

  private static Map<String, MdevClass> verified(List<PublishedVersion> versions) {
    Map<String, MdevClass> classes = new LinkedHashMap<>();
    Set<String> ambiguous = new HashSet<>();
    for (PublishedVersion version : versions) {
      MdevClass mdevClass = version.mdevClass();
      if (mdevClass.digest().equals(version.digest())) {
        MdevClass other = classes.putIfAbsent(version.digest(), mdevClass);
        if (other != null && !other.equals(mdevClass)) {
          ambiguous.add(version.digest());
        }
      }
    }
    classes.keySet().removeAll(ambiguous);
    return classes;
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
