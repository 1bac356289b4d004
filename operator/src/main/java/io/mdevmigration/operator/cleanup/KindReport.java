package io.mdevmigration.operator.cleanup;

import io.mdevmigration.operator.cleanup.Removal.Gone;
import io.mdevmigration.operator.cleanup.Removal.Kept;
import io.mdevmigration.operator.cleanup.Removal.Refused;
import java.util.List;

/**
 * What became of everything of one kind.
 *
 * @param kind as kubectl calls it, for example {@code nodeevacuations.mdevmigration.io}; labels of
 *     Nodes are a kind of their own
 * @param gone each object that went, or of which something went
 * @param kept how many are users' and stay
 * @param refused each object that is still there
 */
public record KindReport(String kind, List<Gone> gone, int kept, List<Refused> refused) {
  /** Refusals that are told one by one: where one is refused for lack of a right, all are. */
  private static final int REFUSALS_TOLD = 5;

  /** A report. */
  public KindReport {
    gone = List.copyOf(gone);
    refused = List.copyOf(refused);
  }

  /** What these removals come to. */
  static KindReport of(String kind, List<Removal> removals) {
    return new KindReport(
        kind,
        removals.stream().filter(Gone.class::isInstance).map(Gone.class::cast).toList(),
        (int) removals.stream().filter(Kept.class::isInstance).count(),
        removals.stream().filter(Refused.class::isInstance).map(Refused.class::cast).toList());
  }

  /** One line that says it all. */
  public String line() {
    int parts = gone.stream().mapToInt(Gone::parts).sum();
    StringBuilder line = new StringBuilder(kind).append(": ");
    if (parts > 0) {
      line.append(parts).append(" removed");
    } else {
      line.append(refused.isEmpty() ? "nothing to remove" : "nothing removed");
    }
    if (parts != gone.size()) {
      line.append(" from ").append(gone.size());
    }
    if (kept > 0) {
      line.append(", ").append(kept).append(" of users kept");
    }
    if (!refused.isEmpty()) {
      line.append(", ").append(refused.size()).append(" refused");
    }
    return line.toString();
  }

  /** What was removed, an object each. */
  public List<String> removed() {
    return gone.stream().map(Gone::what).toList();
  }

  /** Why the first few are still there, an object each. */
  public List<String> refusals() {
    return refused.stream()
        .limit(REFUSALS_TOLD)
        .map(refusal -> "%s stays: %s".formatted(refusal.what(), refusal.why()))
        .toList();
  }

  /** Whether nothing of ours is left, as far as is known. */
  public boolean isClean() {
    return refused.isEmpty();
  }
}
