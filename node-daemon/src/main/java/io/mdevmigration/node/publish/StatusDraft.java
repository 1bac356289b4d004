package io.mdevmigration.node.publish;

import io.fabric8.kubernetes.api.model.Condition;
import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.MdevNodeStateStatus;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Summary;
import io.mdevmigration.crds.Verdict;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts a status together, and says whether it is worth a write. */
final class StatusDraft {
  /** How old observedTime may grow. */
  static final Duration REFRESH = Duration.ofHours(6);

  private StatusDraft() {}

  /**
   * A status. Of the parents that refused, all answers together name so few that 128 checks with
   * their answers stay within 64 KB.
   *
   * @param ready the Ready condition; conditions of other types stay as they are stored
   */
  static MdevNodeStateStatus of(
      Inventory inventory,
      List<Answer> answers,
      Condition ready,
      Optional<MdevNodeStateStatus> stored,
      Instant now) {
    int names = namesPerAnswer(answers);
    List<Answer> bounded =
        answers.stream().map(answer -> answer.withRefusedByAtMost(names)).toList();
    List<Condition> conditions =
        Stream.concat(
                stored.stream()
                    .flatMap(status -> status.conditions().stream())
                    .filter(condition -> !condition.getType().equals(ready.getType())),
                Stream.of(ready))
            .toList();
    return new MdevNodeStateStatus(
        Summary.of(inventory, bounded),
        inventory,
        bounded,
        now.truncatedTo(ChronoUnit.SECONDS).toString(),
        conditions);
  }

  /** Whether a status says anything that the stored one does not, the time of observation apart. */
  static boolean isChanged(MdevNodeStateStatus draft, Optional<MdevNodeStateStatus> stored) {
    return stored.isEmpty() || !at(draft, "").equals(at(stored.orElseThrow(), ""));
  }

  /** Whether a status says of a question that it is about to be asked, and the stored one not. */
  static boolean announces(MdevNodeStateStatus draft, Optional<MdevNodeStateStatus> stored) {
    Set<Answer> before =
        stored.stream().flatMap(StatusDraft::announcements).collect(Collectors.toSet());
    return announcements(draft).anyMatch(answer -> !before.contains(answer));
  }

  private static Stream<Answer> announcements(MdevNodeStateStatus status) {
    return status.answers().stream().filter(answer -> answer.is(Reason.ASKING));
  }

  /**
   * When observedTime has to be refreshed.
   *
   * @param jitter from 0 to below 1; takes up to a tenth off
   */
  static Instant refreshDue(Optional<MdevNodeStateStatus> stored, double jitter, Instant now) {
    Duration period = REFRESH.minusMillis((long) (REFRESH.toMillis() / 10.0 * jitter));
    Optional<Instant> observed =
        stored.map(MdevNodeStateStatus::observedTime).flatMap(StatusDraft::parse);
    // A time in the future comes from a clock that has been put back since.
    return observed
        .filter(time -> !time.isAfter(now.plus(period)))
        .orElse(Instant.EPOCH)
        .plus(period);
  }

  private static Optional<Instant> parse(String time) {
    try {
      return Optional.of(Instant.parse(time));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int namesPerAnswer(List<Answer> answers) {
    long refused = answers.stream().filter(a -> a.verdict() == Verdict.INCOMPATIBLE).count();
    if (refused <= 16) {
      return 8;
    }
    if (refused <= 32) {
      return 4;
    }
    return refused <= 64 ? 2 : 1;
  }

  private static MdevNodeStateStatus at(MdevNodeStateStatus status, String observedTime) {
    return new MdevNodeStateStatus(
        status.summary(), status.inventory(), status.answers(), observedTime, status.conditions());
  }
}
