package io.mdevmigration.e2e.chaos;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.MigrationCompatibilitySpec;
import io.mdevmigration.crds.Source;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which classes are to be labelled on a node: what the specs say, and nothing else. */
final class Wanted {
  private Wanted() {}

  /**
   * Who publishes what.
   *
   * @param node the Node's name
   * @param labels the Node's
   * @param versions the version strings, by parent and type
   */
  record Publisher(
      String node, Map<String, String> labels, Map<String, Map<String, String>> versions) {
    Publisher {
      labels = Map.copyOf(labels);
      versions = Map.copyOf(versions);
    }
  }

  /** The classes of which a node with these labels gets the label once it accepts them. */
  static Set<MdevClass> classes(
      Collection<MigrationCompatibilitySpec> specs,
      Collection<Publisher> publishers,
      Map<String, String> labels) {
    Set<MdevClass> wanted =
        new TreeSet<>(Comparator.comparing(MdevClass::type).thenComparing(MdevClass::version));
    for (MigrationCompatibilitySpec spec : specs) {
      boolean targeted = spec.target() == null || selects(spec.target().nodeSelector(), labels);
      if (spec.labelNodes() && targeted) {
        versions(spec.mdevType(), spec.source(), publishers)
            .map(version -> new MdevClass(spec.mdevType(), version))
            .forEach(wanted::add);
      }
    }
    return wanted;
  }

  private static Stream<String> versions(
      String type, Source source, Collection<Publisher> publishers) {
    if (source.version() != null) {
      return Stream.of(source.version());
    }
    return publishers.stream()
        .filter(
            publisher ->
                source.node() == null
                    ? selects(source.nodes(), publisher.labels())
                    : source.node().name().equals(publisher.node()))
        .flatMap(publisher -> publisher.versions().entrySet().stream())
        .filter(
            parent ->
                source.node() == null
                    || source.node().parent() == null
                    || source.node().parent().equals(parent.getKey()))
        .flatMap(parent -> Optional.ofNullable(parent.getValue().get(type)).stream());
  }

  /** Of a selector, the schedules use equality alone. */
  private static boolean selects(LabelSelector selector, Map<String, String> labels) {
    return selector == null
        || selector.getMatchLabels() == null
        || labels.entrySet().containsAll(selector.getMatchLabels().entrySet());
  }
}
