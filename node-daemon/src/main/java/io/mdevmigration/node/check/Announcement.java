package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Answer;
import java.util.Optional;

/**
 * A question that was stored before it was asked, and that no driver has answered since. Where the
 * boot has ended meanwhile, the question is suspected to have ended it.
 *
 * @param bootID the boot in which it was stored
 * @param driver identity of the driver that it is about; empty if there was none
 * @param askAgain hash of spec.askAgain at that time; empty if that was absent
 */
record Announcement(String bootID, Optional<String> driver, Optional<String> askAgain) {
  Announcement {
    requireNonNull(bootID, "bootID");
    requireNonNull(driver, "driver");
    requireNonNull(askAgain, "askAgain");
  }

  /** The announcement that an answer carries, if it carries one. */
  static Optional<Announcement> of(Answer answer) {
    return Optional.ofNullable(answer.bootID())
        .map(
            boot ->
                new Announcement(
                    boot,
                    Optional.ofNullable(answer.driver()),
                    Optional.ofNullable(answer.askAgain())));
  }

  /** Whether it was made in this boot. */
  boolean isOf(Optional<String> boot) {
    return boot.equals(Optional.of(bootID));
  }
}
