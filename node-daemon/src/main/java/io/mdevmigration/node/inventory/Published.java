package io.mdevmigration.node.inventory;

import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.PublishedVersion;
import io.mdevmigration.crds.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An inventory published before, looked up by parent and type. */
final class Published {
  private final Inventory inventory;
  private final Map<String, ParentGroup> groups = new HashMap<>();
  private final Map<String, MdevClass> classes = new HashMap<>();

  Published(Inventory inventory) {
    this.inventory = inventory;
    for (ParentGroup group : inventory.parentGroups()) {
      group.parents().forEach(parent -> groups.put(parent, group));
    }
    for (PublishedVersion version : inventory.versions()) {
      classes.put(version.digest(), version.mdevClass());
    }
  }

  static Published nothing() {
    return new Published(new Inventory(false, null, null, List.of(), List.of(), List.of()));
  }

  Iterable<String> parents() {
    return groups.keySet();
  }

  Optional<String> name(String type) {
    return inventory.type(type).map(OfferedType::name);
  }

  Optional<String> deviceApi(String type) {
    return inventory.type(type).map(OfferedType::deviceAPI);
  }

  Optional<String> revision(String type) {
    return inventory.type(type).map(OfferedType::revision);
  }

  /** What a parent published for a type. */
  Optional<MdevClass> source(String parent, String type) {
    return offered(parent, type).map(ParentType::version).map(classes::get);
  }

  /** Whether a parent published that a type's version changes too often to be one. */
  boolean isUnstable(String parent, String type) {
    return offered(parent, type)
        .map(ParentType::problem)
        .filter(problem -> problem.is(Reason.UNSTABLE))
        .isPresent();
  }

  private Optional<ParentType> offered(String parent, String type) {
    return Optional.ofNullable(groups.get(parent)).stream()
        .flatMap(group -> group.types().stream())
        .filter(offered -> offered.type().equals(type))
        .findFirst();
  }

  /** Everything that a parent published, carried forward because it cannot be read now. */
  List<Found> carry(String parent) {
    List<Found> carried = new ArrayList<>();
    Optional.ofNullable(groups.get(parent))
        .ifPresent(group -> group.types().forEach(type -> carried.add(carry(parent, group, type))));
    return carried;
  }

  private Found carry(String parent, ParentGroup group, ParentType type) {
    Problem problem = Problems.of(Reason.READ_FAILED);
    return new Found(
        new Offer(type.type(), parent, group.driver(), new Offer.Unread(problem)),
        name(type.type()),
        deviceApi(type.type()),
        Optional.ofNullable(type.version()).map(classes::get),
        Optional.ofNullable(type.problem()),
        Optional.empty());
  }
}
