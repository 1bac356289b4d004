package io.mdevmigration.node.cli;

import io.mdevmigration.node.sysfs.Printable;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns, as kubectl prints them. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(List.of(headings));
  }

  /** Adds a row; what is no printable ASCII is shown as {@code ?}, an empty cell as a dash. */
  void add(String... cells) {
    List<String> row = new ArrayList<>();
    for (String cell : cells) {
      row.add(cell.isEmpty() ? "-" : Printable.of(cell, Integer.MAX_VALUE));
    }
    rows.add(row);
  }

  @Override
  public String toString() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        text.append(cell);
        text.append(i < columns - 1 ? " ".repeat(widths[i] - cell.length() + 2) : "\n");
      }
    }
    return text.toString();
  }
}
