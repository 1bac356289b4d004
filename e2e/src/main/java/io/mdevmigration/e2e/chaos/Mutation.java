package io.mdevmigration.e2e.chaos;

import io.mdevmigration.operator.label.LabelCondition;
import io.mdevmigration.operator.label.LabelRow;
import io.mdevmigration.operator.label.LabelRow.Effect;
import io.mdevmigration.operator.label.LabelTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Label tables that are wrong in one thing: the harness has to notice each. */
public enum Mutation {
  /** The table of the design. */
  NONE,
  /** A state of a former Node counts for the new one. */
  FORMER_NODE_COUNTS,
  /** What was answered before a boot counts after it. */
  BOOT_IGNORED,
  /** What nobody wants keeps its label. */
  UNWANTED_KEPT,
  /** A type that is gone keeps its labels. */
  ABSENT_TYPE_KEPT,
  /** An answer about a former driver counts for the present one. */
  OLD_ANSWER_COUNTS,
  /** A refusing driver keeps the label. */
  REFUSED_KEPT,
  /** An accepting driver earns nothing. */
  ACCEPTED_NOT_ADDED,
  /** Doubt removes. */
  DOUBT_REMOVES,
  /** A state of a former Node removes. */
  FORMER_NODE_REMOVES,
  /** Every answer counts as accepted. */
  REFUSED_ADDED;

  /** How long to wait for labels that a mistake may keep wrong for ever. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** The table with this mistake. */
  LabelTable table() {
    return switch (this) {
      case NONE -> LabelTable.DESIGN;
      case FORMER_NODE_COUNTS -> without(LabelRow.OTHER_NODE);
      case BOOT_IGNORED -> without(LabelRow.REBOOTED);
      case UNWANTED_KEPT -> without(LabelRow.NOT_WANTED);
      case ABSENT_TYPE_KEPT -> without(LabelRow.TYPE_NOT_OFFERED);
      case OLD_ANSWER_COUNTS ->
          replaced(
              LabelRow.ACCEPTED,
              with(LabelRow.ACCEPTED, c -> !c.says().contains("published revision")),
              LabelRow.OUTDATED);
      case REFUSED_KEPT -> without(LabelRow.REFUSED);
      case ACCEPTED_NOT_ADDED -> without(LabelRow.ACCEPTED);
      case DOUBT_REMOVES -> replaced(LabelRow.DOUBT, with(LabelRow.DOUBT, Effect.REMOVE));
      case FORMER_NODE_REMOVES ->
          replaced(LabelRow.OTHER_NODE, with(LabelRow.OTHER_NODE, Effect.REMOVE));
      case REFUSED_ADDED -> replaced(LabelRow.REFUSED, with(LabelRow.REFUSED, Effect.ADD));
    };
  }

  private static LabelTable without(LabelRow... rows) {
    List<LabelRow> fewer = new ArrayList<>(LabelTable.DESIGN.rows());
    fewer.removeAll(List.of(rows));
    return new LabelTable(fewer);
  }

  private static LabelTable replaced(LabelRow row, LabelRow by, LabelRow... without) {
    List<LabelRow> changed = new ArrayList<>(without(without).rows());
    changed.replaceAll(r -> r.equals(row) ? by : r);
    return new LabelTable(changed);
  }

  private static LabelRow with(LabelRow row, Effect effect) {
    return new LabelRow(row.name(), effect, row.why(), row.when());
  }

  private static LabelRow with(LabelRow row, Predicate<LabelCondition> kept) {
    return new LabelRow(
        row.name(), row.effect(), row.why(), row.when().stream().filter(kept).toList());
  }
}
