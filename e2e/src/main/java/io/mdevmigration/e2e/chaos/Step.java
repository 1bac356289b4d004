package io.mdevmigration.e2e.chaos;

import java.util.function.Consumer;

/**
 * One thing that happens.
 *
 * @param at milliseconds after the schedule's begin
 * @param what it is, in words
 * @param action does it, on whichever stage
 */
record Step(int at, String what, Consumer<Stage> action) {
  @Override
  public String toString() {
    return "+%d ms %s".formatted(at, what);
  }
}
