package io.paritree.spark.score;

import io.paritree.Fault;
import io.paritree.feature.Faults;
import java.util.List;

/**
 * The faults of a block's rows, found column by column.
 *
 * <p>Features write into {@link #current}; their caller attributes its content to a row. Rows
 * without faults cost nothing. Not thread-safe.
 */
public final class RowFaults {
  private final Faults current = new Faults();
  private final Faults[] byRow; // null of a row that has had no fault in any block
  private int faulty;

  /**
   * @param capacity the most rows of a block
   */
  public RowFaults(int capacity) {
    this.byRow = new Faults[capacity];
  }

  /** Returns the faults that features write into. */
  Faults current() {
    return current;
  }

  /** Attributes the current faults to a row, and clears them. */
  void attribute(int row) {
    if (!current.isEmpty()) {
      add(row, current.list());
      current.clear();
    }
  }

  /** Adds faults of a row. */
  public void add(int row, List<Fault> faults) {
    if (byRow[row] == null) {
      byRow[row] = new Faults();
    }

    boolean isFirst = byRow[row].isEmpty();
    faults.forEach(byRow[row]::add);
    if (isFirst && isFaulty(row)) {
      faulty++;
    }
  }

  public boolean isFaulty(int row) {
    return byRow[row] != null && !byRow[row].isEmpty();
  }

  /** Returns the number of rows that have a fault. */
  public int faulty() {
    return faulty;
  }

  /** Returns the faults of a row that has one. */
  public List<Fault> of(int row) {
    return byRow[row].list();
  }

  /** Removes all faults, for the next block. */
  public void clear() {
    current.clear();
    for (int row = 0; faulty > 0; row++) {
      if (isFaulty(row)) {
        byRow[row].clear();
        faulty--;
      }
    }
  }
}
