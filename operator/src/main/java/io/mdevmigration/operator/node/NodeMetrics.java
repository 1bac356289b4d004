package io.mdevmigration.operator.node;

import static java.util.stream.Collectors.toSet;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Check;
import io.mdevmigration.crds.Reason;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.telemetry.Counter;
import io.mdevmigration.telemetry.Label;
import io.mdevmigration.telemetry.Meters;
import io.mdevmigration.telemetry.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Counts what is written to nodes and what they answer. How long they take is known of the
 * questions that this process has put, and of no others.
 */
public final class NodeMetrics {
  private static final List<Duration> ANSWER =
      Stream.of(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 120_000, 600_000)
          .map(Duration::ofMillis)
          .toList();

  private final Counter added;
  private final Counter removed;
  private final Counter questions;
  private final Counter withdrawn;
  private final Counter answers;
  private final Timer answering;
  private final LongSupplier nanoTime;

  /** Node to digest of the class to when its question was put; questions without an answer. */
  private final Map<String, Map<String, Long>> put = new ConcurrentHashMap<>();

  /**
   * Nothing has happened yet.
   *
   * @param nanoTime as {@link System#nanoTime()}
   */
  public NodeMetrics(Meters meters, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    Label<Row> reason = new Label<>("reason", Row.class);
    added = meters.counter("labels.added", "Labels added to Nodes.", reason);
    removed = meters.counter("labels.removed", "Labels removed from Nodes.", reason);
    questions =
        meters.counter("questions", "Questions put to nodes: checks that were not there before.");
    withdrawn = meters.counter("questions.withdrawn", "Checks taken away.");
    answers =
        meters.counter(
            "answers",
            "Answers that came while this replica led.",
            new Label<>("verdict", Verdict.class),
            new Label<>("reason", Why.class));
    answering =
        meters.timer("answer", "From the writing of a question to its first answer.", ANSWER);
  }

  /** The rows of the label table that change a label. */
  enum Row {
    ACCEPTED,
    REBOOTED,
    NOT_WANTED,
    TYPE_NOT_OFFERED,
    OUTDATED,
    REFUSED,
    OTHER;

    static Row of(LabelRow row) {
      return Stream.of(values())
          .filter(each -> each.name().replace("_", "").equalsIgnoreCase(row.name()))
          .findFirst()
          .orElse(OTHER);
    }
  }

  /** Labels of a node have been changed. */
  void labelsChanged(Map<String, LabelRow> changes) {
    changes
        .values()
        .forEach(
            row -> (row.effect() == LabelRow.Effect.ADD ? added : removed).increment(Row.of(row)));
  }

  /** A node's checks have been written. */
  void asked(NodeReport before, List<Check> after) {
    Set<Question> old = before.checks().stream().map(Question::of).collect(toSet());
    Set<Question> now = after.stream().map(Question::of).collect(toSet());
    Map<String, Long> waiting = put.computeIfAbsent(before.name(), n -> new ConcurrentHashMap<>());
    now.stream()
        .filter(question -> !old.contains(question))
        .forEach(
            question -> {
              questions.increment();
              waiting.put(question.digest(), nanoTime.getAsLong());
            });
    old.stream()
        .filter(question -> !now.contains(question))
        .forEach(
            question -> {
              withdrawn.increment();
              if (now.stream().noneMatch(q -> q.digest().equals(question.digest()))) {
                waiting.remove(question.digest());
              }
            });
  }

  /** Whether this node tries first makes no other question of it. */
  private record Question(String digest, Optional<String> driver) {
    static Question of(Check check) {
      return new Question(check.mdevClass().digest(), Optional.ofNullable(check.driver()));
    }
  }

  /**
   * A node's daemon has written. What it had said already is no answer, nor is that it is about to
   * ask.
   */
  public void reported(NodeReport before, NodeReport after) {
    Map<String, Long> waiting = put.getOrDefault(after.name(), new HashMap<>());
    after.answers().values().stream()
        .filter(answer -> !answer.is(Reason.ASKING))
        .filter(answer -> isNew(answer, Optional.ofNullable(before.answers().get(answer.digest()))))
        .forEach(
            answer -> {
              answers.increment(answer.verdict(), Why.of(answer));
              Optional.ofNullable(waiting.remove(answer.digest()))
                  .map(since -> Duration.ofNanos(nanoTime.getAsLong() - since))
                  .ifPresent(answering::took);
            });
  }

  private static boolean isNew(Answer answer, Optional<Answer> before) {
    return before.isEmpty()
        || !Objects.equals(answer.time(), before.get().time())
        || answer.verdict() != before.get().verdict()
        || !Objects.equals(answer.reason(), before.get().reason());
  }

  /** A node's MdevNodeState is gone. */
  public void gone(String node) {
    put.remove(node);
  }

  /** Why an answer is what it is; a daemon of another version may know other reasons. */
  enum Why {
    ACCEPTED,
    REFUSED,
    NOT_SUPPORTED,
    NO_VERSION_ATTRIBUTE,
    NOT_WRITABLE,
    TYPE_NOT_OFFERED,
    TARGET_GONE,
    TRANSIENT,
    EXHAUSTED,
    READ_FAILED,
    AGENT_MISCONFIGURED,
    POLICIES_NOT_IN_FORCE,
    DRIVER_UNRESPONSIVE,
    THROTTLED,
    TOO_MANY_CLASSES,
    UNSTABLE,
    INVALID_VERSION,
    SUSPECTED,
    OTHER_DRIVER,
    OTHER;

    static Why of(Answer answer) {
      return Stream.of(values())
          .filter(each -> each.name().replace("_", "").equalsIgnoreCase(answer.reason()))
          .findFirst()
          .orElse(OTHER);
    }
  }
}
