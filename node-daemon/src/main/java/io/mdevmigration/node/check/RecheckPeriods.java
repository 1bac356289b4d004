package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.DurationText;
import io.mdevmigration.crds.Recheck;
import java.time.Duration;
import java.util.Optional;

/**
 * How old an answer may grow.
 *
 * @param accepted an accepting one
 * @param refused any other definite one
 */
public record RecheckPeriods(Duration accepted, Duration refused) {
  /** Where nothing is said. */
  public static final RecheckPeriods DEFAULT =
      new RecheckPeriods(Duration.ofHours(6), Duration.ofHours(24));

  /** The schema says the same; this is for a status of before the schema did. */
  private static final Duration LEAST = Duration.ofMinutes(1);

  public RecheckPeriods {
    requireNonNull(accepted, "accepted");
    requireNonNull(refused, "refused");
  }

  /** What a spec says; where it says nothing, or what is no duration, the default. */
  public static RecheckPeriods of(Optional<Recheck> recheck) {
    return new RecheckPeriods(
        recheck.map(Recheck::accepted).flatMap(RecheckPeriods::parse).orElse(DEFAULT.accepted),
        recheck.map(Recheck::refused).flatMap(RecheckPeriods::parse).orElse(DEFAULT.refused));
  }

  private static Optional<Duration> parse(String text) {
    return DurationText.parse(text).map(period -> period.compareTo(LEAST) < 0 ? LEAST : period);
  }
}
