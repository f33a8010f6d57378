package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

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
    private final RowGroup group;
    private final ScoreBins bins = new ScoreBins();
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private long absent;

    Counts(RowGroup group) {
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
   * @param at where batches have the score
   */
  static OfTask of(Iterator<ColumnarBatch> batches, GroupReader groups, int at) {
    List<Counts> all = new ArrayList<>();
    while (groups.areFew() && batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      int[] ofRows = groups.read(batch);
      for (RowGroup group : groups.groups().subList(all.size(), groups.groups().size())) {
        all.add(new Counts(group));
      }

      ColumnVector scores = batch.column(at);
      boolean areFloats = scores.dataType() instanceof FloatType;
      boolean anyNull = scores.hasNull();
      for (int row = 0; row < batch.numRows(); row++) {
        Counts own = all.get(ofRows[row]);
        if (anyNull && scores.isNullAt(row)) {
          own.absent++;
        } else {
          own.add(areFloats ? scores.getFloat(row) : scores.getDouble(row));
        }
      }
    }

    ArrayList<CountedScores> counted = new ArrayList<>();
    all.forEach(own -> counted.add(own.counted()));
    return new OfTask(counted, groups.areFew());
  }
}
