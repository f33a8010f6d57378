package io.paritree.spark.outcomes;

import io.paritree.spark.task.JavaSerialized;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Scores with their labels, column by column; rows that have all in common are one.
 *
 * @param groups the groups of the rows
 * @param group of each row, as an index
 * @param score of each row
 * @param part what the score is of, as in {@link io.paritree.outcome.OutcomeRow}
 * @param outcome what came; NaN without a label
 * @param weight of each row
 * @param isLeak whether the label is from before the score
 * @param rows how many there are
 * @param bin of their scores, of several classes of the largest ones
 */
record JoinedBlock(
    List<RowGroup> groups,
    int[] group,
    double[] score,
    long[] part,
    double[] outcome,
    double[] weight,
    boolean[] isLeak,
    long[] rows,
    int[] bin)
    implements Serializable {
  private static final int ROWS = 1 << 15;

  // The columns of the rows that blocks are made of.
  private static final int VALUE = 0;
  private static final int PART = 1;
  private static final int OUTCOME = 2;
  private static final int WEIGHT = 3;
  private static final int LEAK = 4;
  private static final int SCORE = 5;
  private static final int GROUP = 6;

  int size() {
    return score.length;
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
      Iterator<InternalRow> rows, int levels, int segments) {
    return new Iterator<>() {
      private InternalRow next = rows.hasNext() ? rows.next() : null;

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public JavaSerialized<JoinedBlock> next() {
        Map<InternalRow, Integer> groups = new LinkedHashMap<>();
        JoinedBlock block = withRoomFor(ROWS + 1);
        int size = 0;
        while (next != null) {
          InternalRow group = next.getStruct(GROUP, RowGroup.width(levels, segments));
          Integer index = groups.get(group);
          if (index == null) {
            index = groups.size();
            groups.put(group.copy(), index);
          }

          block.set(size, next, index);
          if (size > 0 && block.areAlike(size - 1, size)) {
            block.rows[size - 1]++;
          } else if (size < ROWS) {
            size++;
          } else {
            break; // the next block begins with this row
          }

          next = rows.hasNext() ? rows.next() : null;
        }

        List<RowGroup> known = new ArrayList<>();
        groups.keySet().forEach(group -> known.add(RowGroup.of(group, levels, segments)));
        return new JavaSerialized<>(block.first(size, known));
      }
    };
  }

  private void set(int at, InternalRow row, int index) {
    group[at] = index;
    score[at] = row.getDouble(VALUE);
    part[at] = row.getLong(PART);
    outcome[at] = row.isNullAt(OUTCOME) ? Double.NaN : row.getDouble(OUTCOME);
    weight[at] = row.isNullAt(WEIGHT) ? 1 : row.getDouble(WEIGHT);
    isLeak[at] = row.getBoolean(LEAK);
    rows[at] = 1;
    bin[at] = ScoreBins.bin(row.getDouble(SCORE));
  }

  private boolean areAlike(int one, int other) {
    return score[one] == score[other]
        && part[one] == part[other]
        && Double.compare(outcome[one], outcome[other]) == 0
        && weight[one] == weight[other]
        && isLeak[one] == isLeak[other]
        && group[one] == group[other]
        && bin[one] == bin[other];
  }

  private JoinedBlock first(int size, List<RowGroup> known) {
    return new JoinedBlock(
        known,
        Arrays.copyOf(group, size),
        Arrays.copyOf(score, size),
        Arrays.copyOf(part, size),
        Arrays.copyOf(outcome, size),
        Arrays.copyOf(weight, size),
        Arrays.copyOf(isLeak, size),
        Arrays.copyOf(rows, size),
        Arrays.copyOf(bin, size));
  }

  private static JoinedBlock withRoomFor(int size) {
    return new JoinedBlock(
        List.of(),
        new int[size],
        new double[size],
        new long[size],
        new double[size],
        new double[size],
        new boolean[size],
        new long[size],
        new int[size]);
  }
}
