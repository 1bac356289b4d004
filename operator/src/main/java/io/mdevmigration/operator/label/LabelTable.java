package io.mdevmigration.operator.label;

import io.mdevmigration.crds.Answer;
import io.mdevmigration.crds.DefiniteVerdict;
import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.crds.OfferedType;
import io.mdevmigration.crds.Verdict;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides every label of a node from what is stored, first matching row first. Only an accepting
 * driver ever earns a label, and no doubt ever removes one.
 */
public final class LabelTable {
  private LabelTable() {}

  /**
   * Decides about every own label that the node has or could get.
   *
   * @param node the node with its labels
   * @param report what its MdevNodeState says; empty if it has none
   * @param wanted the classes to label, by label key
   * @param unwanted keys of labels that are certainly wanted by nobody any more
   * @param now the time
   * @return the row that decided, by label key
   */
  public static SortedMap<String, LabelRow> decide(
      NodeFacts node,
      Optional<NodeReport> report,
      Map<String, MdevClass> wanted,
      Set<String> unwanted,
      Instant now) {
    Set<String> keys = new TreeSet<>(wanted.keySet());
    keys.addAll(node.ownLabelKeys());
    SortedMap<String, LabelRow> rows = new TreeMap<>();
    for (String key : keys) {
      rows.put(key, row(node, report, key, wanted, unwanted, now));
    }
    return rows;
  }

  /**
   * What has to be patched on the node.
   *
   * @param node the node with its labels
   * @param rows what was decided
   * @return label key to the row that changes it; empty if nothing has to change
   */
  public static SortedMap<String, LabelRow> changes(
      NodeFacts node, SortedMap<String, LabelRow> rows) {
    SortedMap<String, LabelRow> changes = new TreeMap<>();
    rows.forEach(
        (key, row) -> {
          boolean differs =
              switch (row.effect()) {
                case ADD -> !MdevClass.LABEL_VALUE.equals(node.labels().get(key));
                case REMOVE -> node.labels().containsKey(key);
                case KEEP -> false;
              };
          if (differs) {
            changes.put(key, row);
          }
        });
    return changes;
  }

  private static LabelRow row(
      NodeFacts node,
      Optional<NodeReport> stored,
      String key,
      Map<String, MdevClass> wanted,
      Set<String> unwanted,
      Instant now) {
    if (stored.isPresent() && !stored.get().belongsTo(node)) {
      return LabelRow.OTHER_NODE;
    }
    if (stored.isPresent() && stored.get().isBeforeBootOf(node)) {
      return LabelRow.REBOOTED;
    }
    if (unwanted.contains(key) && !wanted.containsKey(key)) {
      return LabelRow.NOT_WANTED;
    }
    if (stored.isEmpty()) {
      return LabelRow.DOUBT;
    }
    return named(stored.get(), key, wanted)
        .map(named -> byAnswer(stored.get(), named, wanted.containsKey(key), now))
        .orElse(LabelRow.DOUBT);
  }

  private static LabelRow byAnswer(NodeReport report, Named named, boolean wanted, Instant now) {
    Optional<OfferedType> type = Optional.ofNullable(report.types().get(named.type()));
    if (report.complete() && type.isEmpty()) {
      return LabelRow.TYPE_NOT_OFFERED;
    }
    Optional<Answer> answer = report.answer(named.type(), named.digest());
    Optional<DefiniteVerdict> definite = answer.flatMap(Answer::definite);
    Optional<String> revision = type.map(OfferedType::revision);
    Optional<String> answeredUnder = definite.map(DefiniteVerdict::revision);
    if (revision.isPresent() && answeredUnder.isPresent() && !revision.equals(answeredUnder)) {
      return LabelRow.OUTDATED;
    }
    Optional<Verdict> verdict = definite.map(DefiniteVerdict::verdict);
    if (verdict.filter(v -> v == Verdict.INCOMPATIBLE || v == Verdict.UNSUPPORTED).isPresent()) {
      return LabelRow.REFUSED;
    }
    boolean accepted =
        answer.filter(a -> a.verdict() == Verdict.COMPATIBLE).isPresent()
            && revision.isPresent()
            && revision.equals(answeredUnder);
    return accepted && wanted && report.complete() && report.isFresh(now)
        ? LabelRow.ACCEPTED
        : LabelRow.DOUBT;
  }

  /** A class of which only type and digest are known, as a label key names it. */
  private record Named(String type, String digest) {}

  private static Optional<Named> named(
      NodeReport report, String key, Map<String, MdevClass> wanted) {
    if (wanted.containsKey(key)) {
      return Optional.of(new Named(wanted.get(key).type(), wanted.get(key).digest()));
    }
    String digest = key.substring(key.lastIndexOf('.') + 1);
    return Optional.ofNullable(report.answers().get(digest))
        .filter(answer -> MdevClass.labelKey(answer.type(), digest).equals(key))
        .map(answer -> new Named(answer.type(), digest));
  }
}
