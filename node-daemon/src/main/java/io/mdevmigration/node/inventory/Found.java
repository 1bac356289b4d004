package io.mdevmigration.node.inventory;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.Problem;
import java.util.Optional;

/**
 * A type on one parent, on its way into the inventory.
 *
 * @param offer the type as a target
 * @param name the type's own name
 * @param deviceApi the device API
 * @param source the class that the parent publishes
 * @param problem why there is none, or why it cannot be asked
 * @param revisionPart what this parent adds to the type's revision; empty if something could not be
 *     read
 */
record Found(
    Offer offer,
    Optional<String> name,
    Optional<String> deviceApi,
    Optional<MdevClass> source,
    Optional<Problem> problem,
    Optional<String> revisionPart) {

  String type() {
    return offer.type();
  }

  String parent() {
    return offer.parent();
  }

  /** The same without a version to publish, because there are too many. */
  Found withoutSource(Problem why) {
    return new Found(
        offer, name, deviceApi, Optional.empty(), Optional.of(problem.orElse(why)), revisionPart);
  }
}
