package io.mdevmigration.operator.label;

import io.mdevmigration.crds.MdevClass;
import io.mdevmigration.operator.fleet.NodeFacts;
import io.mdevmigration.operator.fleet.NodeReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides every label of a node from what is stored: the first row that matches wins. Only an
 * accepting driver ever earns a label, and no doubt ever removes one.
 *
 * @param rows the rows in their order; some row has to match whatever is stored
 */
public record LabelTable(List<LabelRow> rows) {
  /** The table of section 5 of the design. */
  public static final LabelTable DESIGN =
      new LabelTable(
          List.of(
              LabelRow.OTHER_NODE,
              LabelRow.REBOOTED,
              LabelRow.NOT_WANTED,
              LabelRow.TYPE_NOT_OFFERED,
              LabelRow.OUTDATED,
              LabelRow.REFUSED,
              LabelRow.ACCEPTED,
              LabelRow.DOUBT));

  public LabelTable {
    rows = List.copyOf(rows);
  }

  /**
   * The row that decides.
   *
   * @throws IllegalStateException if none matches: then the table is not one
   */
  LabelRow row(LabelFacts facts) {
    return rows.stream()
        .filter(row -> row.matches(facts))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no row of " + rows + " matches " + facts));
  }

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
  public SortedMap<String, LabelRow> decide(
      NodeFacts node,
      Optional<NodeReport> report,
      Map<String, MdevClass> wanted,
      Set<String> unwanted,
      Instant now) {
    Set<String> keys = new TreeSet<>(wanted.keySet());
    keys.addAll(node.ownLabelKeys());
    SortedMap<String, LabelRow> decided = new TreeMap<>();
    for (String key : keys) {
      LabelFacts facts =
          new LabelFacts(
              node,
              report,
              LabelFacts.Named.by(key, report, wanted),
              wanted.containsKey(key),
              unwanted.contains(key),
              now);
      decided.put(key, row(facts));
    }
    return decided;
  }

  /**
   * Whether a node has to lose a label by what is known of the node itself, wanted or not.
   *
   * @param node the node with its labels
   * @param report what its MdevNodeState says; empty if it has none
   * @param wanted the classes to label, by label key
   * @param now the time
   */
  public boolean takesAway(
      NodeFacts node, Optional<NodeReport> report, Map<String, MdevClass> wanted, Instant now) {
    return !node.ownLabelKeys().isEmpty()
        && changes(node, decide(node, report, wanted, Set.of(), now)).values().stream()
            .anyMatch(LabelRow::removes);
  }

  /**
   * What has to be patched on the node.
   *
   * @param node the node with its labels
   * @param decided the row that decided, by label key
   * @return label key to the row that changes it; empty if nothing has to change
   */
  public static SortedMap<String, LabelRow> changes(
      NodeFacts node, SortedMap<String, LabelRow> decided) {
    SortedMap<String, LabelRow> changes = new TreeMap<>();
    decided.forEach(
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
}
