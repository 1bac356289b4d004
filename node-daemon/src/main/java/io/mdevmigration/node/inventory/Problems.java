package io.mdevmigration.node.inventory;

import io.mdevmigration.crds.Problem;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.node.posix.Errno;
import java.util.OptionalInt;

/** Makes the problems that an inventory publishes. */
final class Problems {
  private Problems() {}

  static Problem of(Reason reason) {
    return new Problem(reason.toString(), null, null);
  }

  static Problem of(Reason reason, int errno) {
    return errno == 0 ? of(reason) : new Problem(reason.toString(), errno, Errno.name(errno));
  }

  static Problem of(Reason reason, OptionalInt errno) {
    return of(reason, errno.orElse(0));
  }
}
