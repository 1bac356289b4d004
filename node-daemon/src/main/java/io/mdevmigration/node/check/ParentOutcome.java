package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * What a parent said, and when.
 *
 * @param parent the parent's name
 * @param outcome what it said
 * @param time when it was asked; empty if it was not, because the answer is known without
 */
public record ParentOutcome(String parent, Outcome outcome, Optional<Instant> time) {
  public ParentOutcome {
    requireNonNull(parent, "parent");
    requireNonNull(outcome, "outcome");
    requireNonNull(time, "time");
  }
}
