package io.mdevmigration.operator.source;

import io.mdevmigration.crds.SourceStatus;
import io.mdevmigration.crds.Suspicion;
import io.mdevmigration.crds.Trial;
import java.util.List;
import java.util.Optional;

/**
 * What a MigrationCompatibility's status records about the trials of one class.
 *
 * @param trial the one that is going on
 * @param suspected drivers on which one ended without an answer
 */
public record Recorded(Optional<Trial> trial, List<Suspicion> suspected) {
  /** Nothing is going on and nothing is suspected. */
  public static final Recorded NOTHING = new Recorded(Optional.empty(), List.of());

  public Recorded {
    suspected = List.copyOf(suspected);
  }

  /** What a source's status records. */
  public static Recorded of(SourceStatus source) {
    return new Recorded(Optional.ofNullable(source.trial()), source.suspected());
  }

  /** Whether a trial on a driver is recorded as going on. */
  public boolean isBeingTriedOn(String driver) {
    return trial.filter(t -> t.driver().equals(driver)).isPresent();
  }

  /** Whether a driver is suspected. */
  public boolean suspects(String driver) {
    return suspected.stream().anyMatch(s -> s.driver().equals(driver));
  }
}
