package io.mdevmigration.operator.watch;

import java.util.stream.Stream;

/** What a failure came from. */
public final class Causes {
  private Causes() {}

  /** The failure itself, what caused it, what caused that, and so on. */
  public static Stream<Throwable> of(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
  }

  /** The last of them. */
  public static Throwable root(Throwable failure) {
    return of(failure).reduce(failure, (outer, inner) -> inner);
  }
}
