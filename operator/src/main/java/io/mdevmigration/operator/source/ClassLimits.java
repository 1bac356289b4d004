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
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Bounds what sources come to: so many classes of a type, and so many that one node alone
 * introduces, in number and in bytes. What was there before wins; what is too much is told, and
 * whose it is.
 *
 * @param present digests that were resolved before
 * @param onlyPublisher the node that publishes a class where no other in the fleet does
 * @param introduced what stands against a node already
 */
record ClassLimits(
    Set<String> present,
    Function<MdevClass, Optional<String>> onlyPublisher,
    Function<String, Set<MdevClass>> introduced) {

  /**
   * The classes that are asked about.
   *
   * @param classes what is published, and by how many of the source nodes
   */
  Resolution limited(Map<MdevClass, Integer> classes) {
    Map<String, List<MdevClass>> byDigest =
        classes.keySet().stream()
            .collect(Collectors.groupingBy(MdevClass::digest, TreeMap::new, Collectors.toList()));
    List<String> ambiguous =
        byDigest.keySet().stream().filter(digest -> byDigest.get(digest).size() > 1).toList();
    ambiguous.forEach(byDigest::remove);
    List<String> digests = new ArrayList<>(byDigest.keySet());
    digests.sort(Comparator.comparing((String digest) -> !present.contains(digest)));
    List<SourceClass> resolved = new ArrayList<>();
    Map<String, Set<MdevClass>> shares = new HashMap<>();
    Set<String> excessive = new TreeSet<>();
    for (String digest : digests) {
      MdevClass mdevClass = byDigest.get(digest).get(0);
      Optional<String> introducer = onlyPublisher.apply(mdevClass);
      boolean fits =
          introducer
              .map(node -> fits(shares.computeIfAbsent(node, introduced), mdevClass))
              .orElse(true);
      if (!fits) {
        introducer.ifPresent(excessive::add);
      } else if (resolved.size() < Api.CLASSES_PER_TYPE_MAX) {
        introducer.ifPresent(node -> shares.get(node).add(mdevClass));
        resolved.add(new SourceClass(mdevClass, classes.get(mdevClass)));
      }
    }
    resolved.sort(Comparator.comparing(source -> source.mdevClass().digest()));
    return new Resolution(
        resolved,
        ambiguous.isEmpty() ? tooMany(digests.size(), resolved.size(), excessive) : of(ambiguous));
  }

  private static boolean fits(Set<MdevClass> share, MdevClass mdevClass) {
    return share.contains(mdevClass)
        || (share.size() < Api.CLASSES_OF_ONE_NODE_MAX
            && Introductions.bytes(share) + mdevClass.version().length()
                <= Api.CLASS_BYTES_OF_ONE_NODE_MAX);
  }

  private static Optional<Trouble> of(List<String> ambiguous) {
    return Optional.of(
        new Trouble(
            SourceProblem.AMBIGUOUS_DIGEST.toString(),
            "different version strings share the digest "
                + Names.some(ambiguous)
                + "; none of them is asked about or labelled"));
  }

  private static Optional<Trouble> tooMany(int published, int resolved, Set<String> excessive) {
    return published == resolved
        ? Optional.empty()
        : Optional.of(
            new Trouble(
                SourceProblem.TOO_MANY_CLASSES.toString(),
                "the sources publish "
                    + published
                    + " versions; "
                    + (published - resolved)
                    + " above the limits are left out (at most "
                    + Api.CLASSES_PER_TYPE_MAX
                    + " of a type; "
                    + Api.CLASSES_OF_ONE_NODE_MAX
                    + " with "
                    + Api.CLASS_BYTES_OF_ONE_NODE_MAX
                    + " bytes that one node alone publishes, or did while others are still asked"
                    + " about them): "
                    + whatToDo(excessive)));
  }

  private static String whatToDo(Set<String> excessive) {
    return excessive.isEmpty()
        ? "narrow spec.source"
        : "look at what is wrong on "
            + Names.some(List.copyOf(excessive))
            + ", or narrow spec.source";
  }
}
