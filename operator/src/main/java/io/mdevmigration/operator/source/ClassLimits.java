package io.mdevmigration.operator.source;

import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.source.Resolution.Trouble;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Bounds what sources come to: so many classes of a type, and so many that one node alone
 * introduces. What was there before wins; what is too much is told.
 */
final class ClassLimits {
  private ClassLimits() {}

  static Resolution limited(Map<MdevClass, Publishers> classes, Set<String> present) {
    Map<String, List<MdevClass>> byDigest =
        classes.keySet().stream()
            .collect(Collectors.groupingBy(MdevClass::digest, TreeMap::new, Collectors.toList()));
    List<String> ambiguous =
        byDigest.keySet().stream().filter(digest -> byDigest.get(digest).size() > 1).toList();
    ambiguous.forEach(byDigest::remove);
    List<String> digests = new ArrayList<>(byDigest.keySet());
    digests.sort(Comparator.comparing((String digest) -> !present.contains(digest)));
    List<SourceClass> resolved = new ArrayList<>();
    Map<String, Integer> introduced = new HashMap<>();
    for (String digest : digests) {
      MdevClass mdevClass = byDigest.get(digest).get(0);
      Publishers publishers = classes.get(mdevClass);
      boolean isOneTooMany =
          publishers.alone().map(node -> introduced.merge(node, 1, Integer::sum)).orElse(0)
              > Api.CLASSES_OF_ONE_NODE_MAX;
      if (!isOneTooMany && resolved.size() < Api.CLASSES_PER_TYPE_MAX) {
        resolved.add(new SourceClass(mdevClass, publishers.count()));
      }
    }
    resolved.sort(Comparator.comparing(source -> source.mdevClass().digest()));
    return new Resolution(
        resolved, ambiguous.isEmpty() ? tooMany(digests.size(), resolved.size()) : of(ambiguous));
  }

  private static Optional<Trouble> of(List<String> ambiguous) {
    return Optional.of(
        new Trouble(
            "AmbiguousDigest",
            "different version strings share the digest "
                + Names.some(ambiguous)
                + "; none of them is asked about or labelled"));
  }

  private static Optional<Trouble> tooMany(int published, int resolved) {
    return published == resolved
        ? Optional.empty()
        : Optional.of(
            new Trouble(
                "TooManyClasses",
                "the sources publish "
                    + published
                    + " versions; "
                    + (published - resolved)
                    + " above the limits are left out (at most "
                    + Api.CLASSES_PER_TYPE_MAX
                    + " of a type, "
                    + Api.CLASSES_OF_ONE_NODE_MAX
                    + " that one node alone publishes): narrow spec.source"));
  }
}
