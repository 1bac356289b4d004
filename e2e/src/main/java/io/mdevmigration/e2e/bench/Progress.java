package io.mdevmigration.e2e.bench;

/** Tells on standard error what is being done, with the time since the start. */
final class Progress {
  private final long begin = System.nanoTime();

  /** A line. */
  void say(String what) {
    System.err.printf("bench: %6.1f s  %s%n", (System.nanoTime() - begin) / 1e9, what);
  }
}
