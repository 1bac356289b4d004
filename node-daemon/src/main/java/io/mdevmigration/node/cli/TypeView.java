package io.mdevmigration.node.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.ParentGroup;
import io.mdevmigration.crds.ParentType;
import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.node.inventory.VersionString;
import io.mdevmigration.node.sysfs.Printable;
import io.mdevmigration.node.sysfs.Reading;
import io.mdevmigration.node.sysfs.ScannedParent;
import io.mdevmigration.node.sysfs.ScannedType;
import io.mdevmigration.node.sysfs.VersionAttribute;
import java.util.Optional;

/**
 * A type on a parent, as the command line shows it. Fields are null where there is nothing.
 *
 * @param type the full mdev type
 * @param name its own name
 * @param deviceAPI its device API
 * @param availableInstances how many more devices could be created
 * @param attribute the version attribute's name
 * @param version the version string
 * @param digest the class's digest
 * @param problem why there is no version, or why the type cannot be asked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TypeView(
    String type,
    String name,
    String deviceAPI,
    String availableInstances,
    String attribute,
    String version,
    String digest,
    Problem problem) {
  private static final int TEXT_MAX = 255;

  static TypeView of(ScannedParent parent, ScannedType type, Inventory inventory) {
    Optional<VersionAttribute.Present> present =
        type.version() instanceof VersionAttribute.Present p ? Optional.of(p) : Optional.empty();
    Optional<String> version =
        present.flatMap(p -> p.reading().text()).filter(VersionString::isValid);
    return new TypeView(
        type.type(),
        text(type.name()),
        text(type.deviceApi()),
        text(type.availableInstances()),
        present.map(VersionAttribute.Present::name).orElse(null),
        version.orElse(null),
        version.map(v -> new MdevClass(type.type(), v).digest()).orElse(null),
        problem(parent.name(), type.type(), inventory).orElse(null));
  }

  /** The limits of what is published are of no concern here. */
  private static Optional<Problem> problem(String parent, String type, Inventory inventory) {
    return inventory.parentGroups().stream()
        .filter(group -> group.parents().contains(parent))
        .map(ParentGroup::types)
        .flatMap(types -> types.stream().filter(t -> t.type().equals(type)))
        .findFirst()
        .map(ParentType::problem)
        .filter(problem -> !problem.is(Reason.TOO_MANY_CLASSES));
  }

  private static String text(Reading reading) {
    return reading.text().map(text -> Printable.of(text, TEXT_MAX)).orElse(null);
  }

  /** The version, or in brackets what is wrong with it, or both. */
  String versionCell() {
    String problemText =
        problem == null
            ? ""
            : "("
                + problem.reason()
                + (problem.errnoName() == null ? "" : " " + problem.errnoName())
                + ")";
    return version == null ? problemText : (version + " " + problemText).strip();
  }
}
