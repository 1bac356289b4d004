package io.mdevmigration.e2e.time;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waits for what others are about to do. */
public final class Patience {
  /** Long enough for anything here on a machine that is busy with other things as well. */
  public static final Duration LONG = Duration.ofMinutes(2);

  private static final Duration POLL = Duration.ofMillis(100);

  private Patience() {}

  /**
   * Waits until there is something.
   *
   * @param what says what is waited for
   * @throws IllegalStateException if it is not there in time, with {@code what} and {@code instead}
   */
  public static <T> T await(String what, Supplier<Optional<T>> look, Supplier<String> instead) {
    return await(what, LONG, look, instead);
  }

  private static <T> T await(
      String what, Duration atMost, Supplier<Optional<T>> look, Supplier<String> instead) {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      try {
        Optional<T> found = look.get();
        if (found.isPresent()) {
          return found.get();
        }
      } catch (KubernetesClientException e) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("waited in vain for " + what, e);
        }
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "waited %s in vain for %s: %s".formatted(atMost, what, instead.get()));
      }
      pause(POLL);
    }
  }

  /** Waits until something holds. */
  public static void until(String what, Supplier<Boolean> holds, Supplier<String> instead) {
    await(what, () -> holds.get() ? Optional.of(true) : Optional.empty(), instead);
  }

  /** Waits so long at most until something holds. */
  public static void until(
      String what, Duration atMost, Supplier<Boolean> holds, Supplier<String> instead) {
    await(what, atMost, () -> holds.get() ? Optional.of(true) : Optional.empty(), instead);
  }

  /** Does nothing for so long. */
  public static void pause(Duration howLong) {
    try {
      Thread.sleep(howLong.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
