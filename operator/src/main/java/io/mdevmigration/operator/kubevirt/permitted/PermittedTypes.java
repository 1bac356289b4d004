package io.mdevmigration.operator.kubevirt.permitted;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibility;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.kubevirt.need.Needs;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Which MigrationCompatibility objects there have to be for the types that KubeVirt permits: one
 * for each permitted name and full type. They are marked as the operator's own; one without the
 * mark is somebody else's and left alone, whatever it is called.
 *
 * @param missing to be created
 * @param obsolete names of those that are the operator's and whose type is not permitted any more
 */
public record PermittedTypes(Set<PermittedType> missing, Set<String> obsolete) {
  /** Marks an object as the operator's. Without it the object belongs to whoever removed it. */
  public static final String MARK = "app.kubernetes.io/managed-by";

  /** The mark's value. */
  public static final String OWNER = "mdev-operator";

  /** Holds the name by which KubeVirt permits the type. */
  public static final String PERMITTED_AS = "mdevmigration.io/permitted-as";

  private static final int NAME_MAX = 100;

  /**
   * A type that KubeVirt permits and some node offers.
   *
   * @param name by which KubeVirt permits it
   * @param type the full mdev type
   */
  public record PermittedType(String name, String type) {
    /** The object's name: readable, and unlike that of any other. */
    public String objectName() {
      String slug = MdevClass.labelKey(type, "").substring(MdevClass.LABEL_PREFIX.length());
      String readable =
          slug.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
      String unlike =
          UUID.nameUUIDFromBytes((name + "\0" + type).getBytes(StandardCharsets.UTF_8))
              .toString()
              .substring(0, 8);
      return "kubevirt-%s-%s"
          .formatted(readable.substring(0, Math.min(NAME_MAX, readable.length())), unlike);
    }

    /** The object that asks about it: what every node publishes, of every node. */
    public MigrationCompatibility object() {
      MigrationCompatibility object = new MigrationCompatibility();
      object.setMetadata(
          new ObjectMetaBuilder()
              .withName(objectName())
              .addToLabels(MARK, OWNER)
              .addToAnnotations(PERMITTED_AS, name)
              .build());
      object.setSpec(
          new MigrationCompatibilitySpec(
              type, new Source(null, new LabelSelector(), null), null, true, List.of()));
      return object;
    }
  }

  /**
   * What is known of an object that exists.
   *
   * @param permittedAs by which name its type was permitted; empty if it is not the operator's
   */
  public record Existing(String name, Optional<String> permittedAs) {
    /** Of an object as the API server gives it. */
    public static Existing of(MigrationCompatibility object) {
      var labels = Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
      var annotations = Optional.ofNullable(object.getMetadata().getAnnotations()).orElse(Map.of());
      return new Existing(
          object.getMetadata().getName(),
          OWNER.equals(labels.get(MARK))
              ? Optional.ofNullable(annotations.get(PERMITTED_AS))
              : Optional.empty());
    }
  }

  /**
   * What has to be done. A type that no node offers at the moment stays: its nodes may be away.
   *
   * @param permitted the names that KubeVirt permits
   * @param reports what the nodes offer
   * @param existing the objects that there are
   */
  public static PermittedTypes of(
      Set<String> permitted, Collection<NodeReport> reports, Collection<Existing> existing) {
    Set<String> names = existing.stream().map(Existing::name).collect(Collectors.toSet());
    Set<PermittedType> missing =
        permitted.stream()
            .flatMap(
                name ->
                    reports.stream()
                        .flatMap(r -> Needs.typesNamed(Set.of(name), r.types().values()).stream())
                        .distinct()
                        .map(type -> new PermittedType(name, type)))
            .filter(type -> !names.contains(type.objectName()))
            .collect(Collectors.toSet());
    Set<String> obsolete = new TreeSet<>();
    for (Existing object : existing) {
      if (object.permittedAs().filter(name -> !permitted.contains(name)).isPresent()) {
        obsolete.add(object.name());
      }
    }
    return new PermittedTypes(missing, obsolete);
  }
}
