package io.mdevmigration.operator.watch;

import java.time.Duration;

/**
 * How a {@link Follower} keeps time.
 *
 * @param relist how often everything is listed afresh, give or take a tenth
 * @param silence how long a watch may tell nothing, not even a bookmark, before it is taken for
 *     dead; the API server sends a bookmark about once a minute
 * @param page how long one page of a list, or the opening of a watch, may take
 * @param backOff the longest wait between two attempts
 */
public record Rhythm(Duration relist, Duration silence, Duration page, Duration backOff) {
  private static final Duration PAGE = Duration.ofSeconds(30);

  /**
   * A rhythm with this interval between fresh lists, and what suits a real cluster otherwise: 150 s
   * of silence, 30 s for a page but no longer than the interval, at most 10 s between two attempts.
   */
  public static Rhythm withRelist(Duration relist) {
    Duration page = relist.compareTo(PAGE) < 0 ? relist : PAGE;
    return new Rhythm(relist, Duration.ofSeconds(150), page, Duration.ofSeconds(10));
  }
}
