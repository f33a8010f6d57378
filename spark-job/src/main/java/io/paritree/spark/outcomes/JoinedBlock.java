package io.paritree.spark.outcomes;

import io.paritree.spark.task.JavaSerialized;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * Scores with their labels, column by column; rows that have all in common are one.
 *
 * @param groups the groups of the rows
 * @param labels that were stored with scores; null for rows without one
 * @param group of each row, as an index
 * @param label of each row, as an index
 * @param score of each row
 * @param part what the score is of, as in {@link io.paritree.outcome.OutcomeRow}
 * @param outcome what came; NaN without a label
 * @param weight of each row
 * @param isLeak whether the label is from before the score
 * @param rows how many there are
 * @param least the least of their scores, of several classes of the largest ones
 */
record JoinedBlock(
    List<RowGroup> groups,
    List<String> labels,
    int[] group,
    int[] label,
    double[] score,
    long[] part,
    double[] outcome,
    double[] weight,
    boolean[] isLeak,
    long[] rows,
    double[] least)
    implements Serializable {
  private static final int ROWS = 4_096;

  int size() {
    return score.length;
  }

  RowGroup group(int row) {
    return groups.get(group[row]);
  }

  /** Returns the label that was stored with a score; null if none was. */
  String label(int row) {
    return labels.get(label[row]);
  }

  boolean hasOutcome(int row) {
    return !Double.isNaN(outcome[row]);
  }

  /**
   * Makes blocks of the rows of {@link JoinedScores}.
   *
   * @param levels number of partition columns
   * @param segments number of columns whose values are segments
   */
  static Iterator<JavaSerialized<JoinedBlock>> blocks(
      Iterator<Row> rows, int levels, int segments) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public JavaSerialized<JoinedBlock> next() {
        return new JavaSerialized<>(block(rows, levels, segments));
      }
    };
  }

  private static JoinedBlock block(Iterator<Row> rows, int levels, int segments) {
    Map<RowGroup, Integer> groups = new LinkedHashMap<>();
    Map<String, Integer> labels = new LinkedHashMap<>();
    JoinedBlock block = empty();
    int first = RowGroup.width(levels, segments);
    int size = 0;
    while (size < ROWS && rows.hasNext()) {
      Row row = rows.next();
      RowGroup group = RowGroup.of(row, levels, segments);
      String label = row.getString(first + 1);
      block.group[size] = index(groups, group);
      block.label[size] = index(labels, label);
      block.score[size] = row.getDouble(first);
      block.part[size] = row.getLong(first + 5);
      block.outcome[size] = row.isNullAt(first + 2) ? Double.NaN : row.getDouble(first + 2);
      block.weight[size] = row.isNullAt(first + 3) ? 1 : row.getDouble(first + 3);
      block.isLeak[size] = row.getBoolean(first + 4);
      block.rows[size] = row.getLong(first + 6);
      block.least[size] = row.getDouble(first + 7);
      size++;
    }

    return new JoinedBlock(
        new ArrayList<>(groups.keySet()),
        new ArrayList<>(labels.keySet()),
        Arrays.copyOf(block.group, size),
        Arrays.copyOf(block.label, size),
        Arrays.copyOf(block.score, size),
        Arrays.copyOf(block.part, size),
        Arrays.copyOf(block.outcome, size),
        Arrays.copyOf(block.weight, size),
        Arrays.copyOf(block.isLeak, size),
        Arrays.copyOf(block.rows, size),
        Arrays.copyOf(block.least, size));
  }

  private static JoinedBlock empty() {
    return new JoinedBlock(
        List.of(),
        List.of(),
        new int[ROWS],
        new int[ROWS],
        new double[ROWS],
        new long[ROWS],
        new double[ROWS],
        new double[ROWS],
        new boolean[ROWS],
        new long[ROWS],
        new double[ROWS]);
  }

  private static <T> int index(Map<T, Integer> known, T value) {
    Integer index = known.putIfAbsent(value, known.size());
    return index == null ? known.size() - 1 : index;
  }
}
