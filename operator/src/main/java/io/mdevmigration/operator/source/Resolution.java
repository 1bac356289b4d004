package io.mdevmigration.operator.source;

import io.mdevmigration.crds.MdevClass;
import java.util.List;
import java.util.Optional;

/**
 * What the sources of a MigrationCompatibility come to.
 *
 * @param classes sorted by digest, at most 64
 * @param trouble why there are none, or not all; empty if all is well
 */
public record Resolution(List<SourceClass> classes, Optional<Trouble> trouble) {

  public Resolution {
    classes = List.copyOf(classes);
  }

  /**
   * What an admin has to know or to do.
   *
   * @param reason one word for the condition, a {@link SourceProblem}
   * @param message what happened, to what, and what to do
   */
  public record Trouble(String reason, String message) {}

  static Resolution none(SourceProblem problem, String message) {
    return new Resolution(List.of(), Optional.of(new Trouble(problem.toString(), message)));
  }

  /** The classes alone. */
  public List<MdevClass> mdevClasses() {
    return classes.stream().map(SourceClass::mdevClass).toList();
  }
}
