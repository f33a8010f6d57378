package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * The scores of rows of a task that have all in common but the score.
 *
 * @param least score
 * @param most the highest score
 * @param absent rows without a score
 */
record CountedScores(RowGroup group, ScoreBins bins, double least, double most, long absent)
    implements Serializable {
  /**
   * All scores of a task.
   *
   * @param areAll whether the task has read all of its rows: it ends where there are too many
   *     groups, or too many values of a column of {@code --by}
   */
  record OfTask(ArrayList<CountedScores> counted, boolean areAll) implements Serializable {}

  /** The scores of some rows while they are counted. */
  private static final class Counts {
    private final InternalRow key;
    private final RowGroup group;
    private final ScoreBins bins = new ScoreBins();
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private long absent;

    Counts(InternalRow key, RowGroup group) {
      this.key = key;
      this.group = group;
    }

    void add(double score) {
      bins.add(ScoreBins.bin(score), 1);
      least = Math.min(least, score);
      most = Math.max(most, score);
    }

    CountedScores counted() {
      return new CountedScores(group, bins, least, most, absent);
    }
  }

  /**
   * Counts scores.
   *
   * @param rows a score, which may be null, and a group ({@link RowGroup#column})
   */
  static OfTask of(Iterator<InternalRow> rows, int levels, int segments) {
    int width = RowGroup.width(levels, segments);
    List<Set<String>> values = new ArrayList<>();
    for (int index = 0; index < segments; index++) {
      values.add(new HashSet<>());
    }

    boolean areAll = true;
    Map<InternalRow, Counts> all = new HashMap<>();
    Counts last = null;
    Counts other = null; // most rows have one of two labels
    while (areAll && rows.hasNext()) {
      InternalRow row = rows.next();
      InternalRow group = row.getStruct(1, width);
      if (last == null || !last.key.equals(group)) {
        Counts before = last;
        last = other != null && other.key.equals(group) ? other : all.get(group);
        other = before;
      }

      if (last == null) {
        last = new Counts(group.copy(), RowGroup.of(group, levels, segments));
        all.put(last.key, last);
        areAll = all.size() <= ScoreCounts.MOST_GROUPS;
        for (int index = 0; index < segments; index++) {
          values.get(index).add(last.group.segments().get(index));
          areAll &= values.get(index).size() <= ScoreCounts.MOST_SEGMENTS;
        }
      }

      if (row.isNullAt(0)) {
        last.absent++;
      } else {
        last.add(row.getDouble(0));
      }
    }

    ArrayList<CountedScores> counted = new ArrayList<>();
    all.values().forEach(own -> counted.add(own.counted()));
    return new OfTask(counted, areAll);
  }
}
