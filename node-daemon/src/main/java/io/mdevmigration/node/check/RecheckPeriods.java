package io.mdevmigration.node.check;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Recheck;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  private static final Pattern FORMAT =
      Pattern.compile("(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?");

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

  /**
   * A duration such as {@code 6h}, {@code 90m} or {@code 1h30m}; empty if the text is none, at
   * least a minute.
   */
  static Optional<Duration> parse(String text) {
    Matcher matcher = FORMAT.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      return Optional.empty();
    }
    Duration duration =
        Duration.ofHours(number(matcher.group(1)))
            .plusMinutes(number(matcher.group(2)))
            .plusSeconds(number(matcher.group(3)));
    return Optional.of(duration.compareTo(LEAST) < 0 ? LEAST : duration);
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
