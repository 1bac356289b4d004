package io.mdevmigration.e2e.chaos;

import io.mdevmigration.crds.MdevClass;
import java.util.List;
import java.util.Optional;

/**
 * All that happens in a run, drawn from its seed.
 *
 * @param seed what it was drawn from
 * @param shape what kind of run it is
 * @param panicking the class at which some driver panics, if one does
 * @param opening how the fleet comes to be
 * @param storm what happens to it, while faults are about
 * @param calm ends everything that hurts, and repairs what has no other cure than an admin
 * @param coda changes of the hardware afterwards, while nothing hurts
 */
record Schedule(
    long seed,
    Shape shape,
    Optional<MdevClass> panicking,
    List<Step> opening,
    List<Step> storm,
    List<Step> calm,
    List<Step> coda) {

  /**
   * What kind of run it is.
   *
   * @param begin what the storm finds
   * @param operator how the operator runs
   */
  record Shape(Begin begin, OperatorKind operator) {}

  /** What the storm finds. */
  enum Begin {
    /** Labels as they have to be. */
    SETTLED,
    /** A fleet that has just begun. */
    FRESH
  }

  /** How the operator runs. */
  enum OperatorKind {
    /** In this JVM, behind a proxy that is closed when it is killed. */
    INSIDE,
    /** As the process that is shipped; SIGKILL is SIGKILL. */
    PROCESS
  }

  Schedule {
    opening = List.copyOf(opening);
    storm = List.copyOf(storm);
    calm = List.copyOf(calm);
    coda = List.copyOf(coda);
  }

  static Schedule of(long seed) {
    return new Director(seed).schedule();
  }

  /** The fleet as it is after the opening, on paper. */
  Model opened() {
    Model model = new Model();
    opening.forEach(step -> step.action().accept(model));
    return model;
  }
}
