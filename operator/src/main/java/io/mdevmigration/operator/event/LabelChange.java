package io.mdevmigration.operator.event;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.Api;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import io.mdevmigration.operator.label.LabelFacts;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.label.LabelRow.Effect;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Labels that one node got or lost for one reason.
 *
 * @param node the node
 * @param row the row of the table that decided
 * @param detail what the driver said, in a word or two; empty if that was not the reason
 * @param keys the label keys, sorted, at least one
 */
record LabelChange(NodeFacts node, LabelRow row, Optional<String> detail, List<String> keys) {
  private static final int WORD_MAX = 32;

  /** Reasons that no admin has to do anything about. */
  private static final Set<String> AS_IT_SHOULD =
      Set.of(
          LabelRow.ACCEPTED.name(),
          LabelRow.REBOOTED.name(),
          LabelRow.OUTDATED.name(),
          LabelRow.NOT_WANTED.name());

  private record Cause(LabelRow row, Optional<String> detail) {
    private static final Comparator<Cause> BY_TEXT =
        Comparator.comparing((Cause cause) -> cause.row().name())
            .thenComparing(cause -> cause.detail().orElse(""));
  }

  LabelChange {
    keys = List.copyOf(keys);
  }

  /**
   * What a patch of one node did, by reason.
   *
   * @param node the node
   * @param report what its MdevNodeState said
   * @param wanted the classes to label, by label key
   * @param changes label key to the row that added or removed it
   */
  static List<LabelChange> of(
      NodeFacts node,
      Optional<NodeReport> report,
      Map<String, MdevClass> wanted,
      SortedMap<String, LabelRow> changes) {
    SortedMap<Cause, List<String>> byCause = new TreeMap<>(Cause.BY_TEXT);
    changes.forEach(
        (key, row) ->
            byCause
                .computeIfAbsent(
                    new Cause(row, detail(row, key, report, wanted)), cause -> new ArrayList<>())
                .add(key));
    return byCause.entrySet().stream()
        .map(e -> new LabelChange(node, e.getKey().row(), e.getKey().detail(), e.getValue()))
        .toList();
  }

  boolean added() {
    return row.effect() == Effect.ADD;
  }

  /** Why, in few words: the row and what the driver said. */
  String cause() {
    return detail.orElse(row.name());
  }

  /** The event on the Node. */
  Occurrence occurrence() {
    String named = String.join(", ", keys.subList(0, Math.min(keys.size(), Api.NAMES_MAX)));
    int more = keys.size() - Api.NAMES_MAX;
    String message =
        "%s %s%s %s: %s%s"
            .formatted(
                keys.size() == 1 ? "label" : "labels",
                named,
                more > 0 ? " and " + more + " more" : "",
                added() ? "added" : "removed",
                row.why(),
                detail.map(" (%s)"::formatted).orElse(""));
    return new Occurrence(
        Involved.node(node),
        AS_IT_SHOULD.contains(row.name()) ? EventType.NORMAL : EventType.WARNING,
        added() ? EventReason.LABEL_ADDED : EventReason.LABEL_REMOVED,
        row.name() + " " + String.join(" ", keys),
        message);
  }

  private static Optional<String> detail(
      LabelRow row, String key, Optional<NodeReport> report, Map<String, MdevClass> wanted) {
    if (!row.name().equals(LabelRow.REFUSED.name())) {
      return Optional.empty();
    }
    return LabelFacts.Named.by(key, report, wanted)
        .flatMap(named -> report.flatMap(r -> r.answer(named.type(), named.digest())))
        .map(LabelChange::said);
  }

  private static String said(Answer answer) {
    if (!answer.verdict().isDefinite()) {
      return answer.definite().map(last -> last.verdict().toString()).orElse("");
    }
    String errno = answer.errnoName() == null ? "" : " " + answer.errnoName();
    return Occurrence.shown(answer.reason(), WORD_MAX) + Occurrence.shown(errno, WORD_MAX);
  }
}
