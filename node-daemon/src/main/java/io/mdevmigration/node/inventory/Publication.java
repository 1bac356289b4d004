package io.mdevmigration.node.inventory;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.Driver;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.node.sysfs.Bus;
import io.mdevmigration.node.sysfs.Printable;
import io.mdevmigration.node.sysfs.Scan;
import io.mdevmigration.node.sysfs.ScannedDriver;
import io.mdevmigration.node.sysfs.ScannedParent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the inventory of a scan and of what was published before.
 *
 * <p>A parent that exists but cannot be read stays as it was published in the same boot; so does a
 * type of which anything cannot be read, with the problem beside it and under the revision that it
 * had. {@code complete} says whether more parents and types may exist than are shown; a type whose
 * version cannot be read says so itself and takes nothing from the others.
 */
public final class Publication {
  private static final int PARENTS_OF_A_GROUP_MAX = 1024;

  /** Types of all groups together: the object has to stay below what etcd takes, 1.5 MB. */
  private static final int TYPES_OF_GROUPS_MAX = 8192;

  private static final int DRIVER_TEXT_MAX = 255;

  private final Scan scan;
  private final Steadiness steadiness;
  private final Published previous;
  private final Optional<Inventory> publishedBefore;

  private Publication(Scan scan, Optional<Inventory> publishedBefore, Steadiness steadiness) {
    this.scan = scan;
    this.steadiness = steadiness;
    this.publishedBefore = publishedBefore;
    this.previous =
        publishedBefore
            .filter(
                before ->
                    scan.bootId().isEmpty()
                        || scan.bootId().equals(Optional.ofNullable(before.bootID())))
            .map(Published::new)
            .orElseGet(Published::nothing);
  }

  /**
   * What to publish after one scan.
   *
   * @param scan the mdev tree as it is now
   * @param publishedBefore the inventory in the node's MdevNodeState, of whichever boot
   */
  public static NodeInventory of(Scan scan, Optional<Inventory> publishedBefore) {
    Steadiness steadiness = new Steadiness();
    steadiness.observe(scan, publishedBefore);
    return of(scan, publishedBefore, steadiness);
  }

  /**
   * What to publish after more than one scan.
   *
   * @param scan the mdev tree as it is now
   * @param publishedBefore the inventory in the node's MdevNodeState, of whichever boot
   * @param steadiness which versions hold still, by this scan and those before it
   */
  public static NodeInventory of(
      Scan scan, Optional<Inventory> publishedBefore, Steadiness steadiness) {
    return new Publication(scan, publishedBefore, steadiness).build();
  }

  private NodeInventory build() {
    Map<String, List<Found>> byParent = new TreeMap<>();
    Map<String, Driver> drivers = new TreeMap<>();
    TypeFinding finding = new TypeFinding(previous, scan.bootId().orElse(""), steadiness);
    for (ScannedParent parent : scan.parents()) {
      Driver driver = driver(parent.driver());
      drivers.put(parent.name(), driver);
      byParent.put(
          parent.name(),
          parent.types().stream().map(type -> finding.of(parent, driver, type)).toList());
    }
    for (String parent : unread(byParent.keySet())) {
      List<Found> carried = previous.carry(parent);
      if (!carried.isEmpty()) {
        byParent.put(parent, carried);
        drivers.put(parent, carried.get(0).offer().driver());
      }
    }
    Set<String> shown = shownTypes(byParent);
    boolean allShown =
        byParent.values().stream().flatMap(List::stream).map(Found::type).allMatch(shown::contains);
    byParent.replaceAll(
        (parent, found) -> found.stream().filter(type -> shown.contains(type.type())).toList());
    Set<String> published = publishedVersions(byParent);
    byParent.replaceAll((parent, found) -> limit(found, published));
    List<ParentGroup> all = groups(byParent, drivers);
    List<ParentGroup> groups = shownGroups(all);
    return new NodeInventory(
        new Inventory(
            scan.isComplete() && allShown && groups.size() == all.size(),
            scan.bootId().orElse(null),
            scan.kernelRelease().map(text -> Printable.of(text, 128)).orElse(null),
            versions(byParent),
            groups,
            types(byParent)),
        offers(byParent));
  }

  /**
   * The types that fit into the node's object, those that are there already first. One that does
   * not fit is not asked about either: without a place there its answers could not be judged.
   */
  private Set<String> shownTypes(Map<String, List<Found>> byParent) {
    Set<String> found =
        byParent.values().stream()
            .flatMap(List::stream)
            .map(Found::type)
            .collect(Collectors.toCollection(TreeSet::new));
    Stream<String> before =
        publishedBefore.stream()
            .flatMap(inventory -> inventory.types().stream())
            .map(OfferedType::type)
            .filter(found::contains);
    return Stream.concat(before, found.stream())
        .distinct()
        .limit(Api.GROUPS_MAX)
        .collect(Collectors.toSet());
  }

  /** The groups that fit. The parents of the others are asked all the same: any may refuse. */
  private static List<ParentGroup> shownGroups(List<ParentGroup> all) {
    List<ParentGroup> shown = new ArrayList<>();
    int types = 0;
    for (ParentGroup group : all) {
      types += group.types().size();
      if (shown.size() == Api.GROUPS_MAX || types > TYPES_OF_GROUPS_MAX) {
        break;
      }
      shown.add(group);
    }
    return shown;
  }

  /** Parents that may exist though the scan has not read them. */
  private List<String> unread(Set<String> read) {
    Set<String> unread = new HashSet<>(scan.unreadableParents());
    if (scan.bus() == Bus.UNREADABLE) {
      previous.parents().forEach(unread::add);
    }
    return unread.stream().filter(parent -> !read.contains(parent)).sorted().toList();
  }

  private Driver driver(ScannedDriver driver) {
    String identity =
        Hash.of(
            Hash.LENGTH,
            driver.name(),
            driver.version().orElse(""),
            driver.srcversion().orElse(""),
            scan.kernelRelease().orElse(""));
    return new Driver(
        Printable.of(driver.name(), DRIVER_TEXT_MAX),
        driver.version().map(text -> Printable.of(text, DRIVER_TEXT_MAX)).orElse(null),
        identity);
  }

  /**
   * Digests of the versions that fit into the limits. What was published before goes first, so that
   * a parent with too many versions does not drive out others.
   */
  private Set<String> publishedVersions(Map<String, List<Found>> byParent) {
    Map<String, MdevClass> candidates = new TreeMap<>();
    sources(byParent).forEach(source -> candidates.putIfAbsent(source.digest(), source));
    List<String> before =
        publishedBefore.stream()
            .flatMap(inventory -> inventory.versions().stream())
            .map(PublishedVersion::digest)
            .filter(candidates::containsKey)
            .toList();
    Set<String> kept = new HashSet<>();
    int bytes = 0;
    for (String digest : Stream.concat(before.stream(), candidates.keySet().stream()).toList()) {
      int length = candidates.get(digest).version().length();
      if (kept.contains(digest)
          || kept.size() >= Api.PUBLISHED_VERSIONS_MAX
          || bytes + length > Api.PUBLISHED_BYTES_MAX) {
        continue;
      }
      kept.add(digest);
      bytes += length;
    }
    return kept;
  }

  private static List<Found> limit(List<Found> found, Set<String> published) {
    return found.stream()
        .map(
            type ->
                type.source().isPresent()
                        && !published.contains(type.source().orElseThrow().digest())
                    ? type.withoutSource(Problems.of(Reason.TOO_MANY_CLASSES))
                    : type)
        .toList();
  }

  private static List<PublishedVersion> versions(Map<String, List<Found>> byParent) {
    return sources(byParent)
        .distinct()
        .sorted(Comparator.comparing(MdevClass::type).thenComparing(MdevClass::version))
        .map(PublishedVersion::of)
        .toList();
  }

  private static Stream<MdevClass> sources(Map<String, List<Found>> byParent) {
    return byParent.values().stream()
        .flatMap(List::stream)
        .flatMap(found -> found.source().stream());
  }

  private static List<ParentGroup> groups(
      Map<String, List<Found>> byParent, Map<String, Driver> drivers) {
    record Kind(Driver driver, List<ParentType> types) {}
    List<Kind> kinds = new ArrayList<>();
    List<List<String>> members = new ArrayList<>();
    // Parents come sorted, so groups are sorted by their first parent, and parents within them.
    Map<Kind, List<String>> open = new HashMap<>();
    byParent.forEach(
        (parent, found) -> {
          Kind kind =
              new Kind(drivers.get(parent), found.stream().map(Publication::parentType).toList());
          List<String> group = open.get(kind);
          if (group == null || group.size() == PARENTS_OF_A_GROUP_MAX) {
            group = new ArrayList<>();
            open.put(kind, group);
            kinds.add(kind);
            members.add(group);
          }
          group.add(parent);
        });
    List<ParentGroup> groups = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      groups.add(new ParentGroup(members.get(i), kinds.get(i).driver(), kinds.get(i).types()));
    }
    return groups;
  }

  private static ParentType parentType(Found found) {
    return new ParentType(
        found.type(),
        found.source().map(MdevClass::digest).orElse(null),
        found.problem().orElse(null));
  }

  private List<OfferedType> types(Map<String, List<Found>> byParent) {
    return byType(byParent).entrySet().stream()
        .map(
            entry ->
                new OfferedType(
                    entry.getKey(),
                    first(entry.getValue().stream().flatMap(found -> found.name().stream())),
                    first(entry.getValue().stream().flatMap(found -> found.deviceApi().stream())),
                    revision(entry.getKey(), entry.getValue()).orElse(null)))
        .toList();
  }

  /** The API's records hold null where there is nothing. */
  private static String first(Stream<String> texts) {
    return texts.findFirst().orElse(null);
  }

  private Optional<String> revision(String type, List<Found> found) {
    boolean allRead =
        scan.bootId().isPresent() && found.stream().allMatch(f -> f.revisionPart().isPresent());
    if (!allRead) {
      return previous.revision(type);
    }
    List<String> parts = new ArrayList<>();
    parts.add(scan.bootId().orElseThrow());
    found.forEach(f -> parts.add(f.revisionPart().orElseThrow()));
    return Optional.of(Hash.of(Hash.LENGTH, parts));
  }

  private static Map<String, List<Offer>> offers(Map<String, List<Found>> byParent) {
    Map<String, List<Offer>> offers = new TreeMap<>();
    byType(byParent)
        .forEach((type, found) -> offers.put(type, found.stream().map(Found::offer).toList()));
    return offers;
  }

  private static Map<String, List<Found>> byType(Map<String, List<Found>> byParent) {
    Map<String, List<Found>> byType = new TreeMap<>();
    byParent
        .values()
        .forEach(
            all ->
                all.forEach(
                    found ->
                        byType.computeIfAbsent(found.type(), t -> new ArrayList<>()).add(found)));
    return byType;
  }
}
