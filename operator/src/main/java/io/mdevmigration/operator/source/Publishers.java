package io.mdevmigration.operator.source;

import java.util.Optional;

/**
 * Who publishes a class.
 *
 * @param count how many nodes
 * @param alone the one that does where no other does
 */
record Publishers(int count, Optional<String> alone) {
  static Publishers one(String node) {
    return new Publishers(1, Optional.of(node));
  }

  Publishers and(Publishers others) {
    return new Publishers(count + others.count, Optional.empty());
  }
}
