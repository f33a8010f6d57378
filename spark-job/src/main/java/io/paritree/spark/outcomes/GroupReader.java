package io.paritree.spark.outcomes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * In which group each row of a batch is. Values are compared by their codes, and a group's texts
 * are made once in a task. Not thread-safe.
 */
final class GroupReader {
  private final int[] ordinals;
  private final int levels;
  private final int segments;
  private final ValueCodes[] values;
  private final PairNumbers[] steps; // of each column: from the group of the columns before
  private final List<RowGroup> groups = new ArrayList<>();
  private int[] ofRows = {};
  private int[] codes = {};

  /**
   * @param ordinals where batches have the columns of {@link RowGroup#names}; -1 for a column that
   *     is not there
   * @param levels number of partition columns
   * @param segments number of columns whose values are segments
   */
  GroupReader(int[] ordinals, int levels, int segments) {
    this.ordinals = ordinals;
    this.levels = levels;
    this.segments = segments;
    this.values = new ValueCodes[ordinals.length];
    this.steps = new PairNumbers[ordinals.length];
    Arrays.setAll(values, column -> new ValueCodes());
    Arrays.setAll(steps, column -> new PairNumbers());
  }

  /** Returns all groups that have come so far, by their index. */
  List<RowGroup> groups() {
    return Collections.unmodifiableList(groups);
  }

  /** Returns whether there are no more groups and segments so far than can be measured. */
  boolean areFew() {
    boolean areFew = groups.size() <= ScoreCounts.MOST_GROUPS;
    for (int index = 0; index < segments; index++) {
      areFew &= values[levels + 1 + index].size() <= ScoreCounts.MOST_SEGMENTS;
    }

    return areFew;
  }

  /** Returns the index of the group of each row of a batch; valid until the next one. */
  int[] read(ColumnarBatch batch) {
    int rows = batch.numRows();
    if (ofRows.length < rows) {
      ofRows = new int[rows];
      codes = new int[rows];
    }

    Arrays.fill(ofRows, 0, rows, 0);
    int before = 0; // the group of all rows by the columns so far; -1 if they differ
    for (int column = 0; column < ordinals.length; column++) {
      int code =
          ordinals[column] < 0
              ? 0
              : values[column].read(batch.column(ordinals[column]), rows, codes);
      if (before >= 0 && code >= 0) {
        before = steps[column].of(before, code);
      } else {
        step(steps[column], before, code, rows);
        before = -1;
      }
    }

    if (before >= 0) {
      Arrays.fill(ofRows, 0, rows, before);
    }

    for (int known = groups.size(); known < steps[steps.length - 1].size(); known++) {
      groups.add(group(known));
    }

    return ofRows;
  }

  /**
   * @param before the group of all rows so far; -1 if that is in {@link #ofRows}
   * @param code of all rows; -1 if that is in {@link #codes}
   */
  private void step(PairNumbers steps, int before, int code, int rows) {
    for (int row = 0; row < rows; row++) {
      ofRows[row] = steps.of(before < 0 ? ofRows[row] : before, code < 0 ? codes[row] : code);
    }
  }

  private RowGroup group(int index) {
    String[] texts = new String[ordinals.length];
    int at = index;
    for (int column = texts.length - 1; column >= 0; column--) {
      texts[column] = values[column].text(steps[column].other(at));
      at = steps[column].one(at);
    }

    return RowGroup.of(column -> texts[column], levels, segments);
  }
}
