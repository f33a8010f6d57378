package io.paritree.spark.outcomes;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * What labels are, all together.
 *
 * @param read labels
 * @param unknown labels without a key, a value or a time
 * @param wrongWeights of the others, those whose weight cannot be used
 * @param later of the others, those from after the last day
 * @param newest day of the others; {@link LabelBlock#NO_DAY} if they have no time
 */
record LabelTotals(long read, long unknown, long wrongWeights, long later, int newest)
    implements Serializable {
  static final LabelTotals NONE = new LabelTotals(0, 0, 0, 0, LabelBlock.NO_DAY);

  /** Weights whose squares, and sums of them, are normal numbers. */
  static final double LEAST_WEIGHT = 1e-100;

  static final double MOST_WEIGHT = 1e100;

  /**
   * Counts labels.
   *
   * @param lastDay of labels that count
   */
  static LabelTotals of(Iterator<ColumnarBatch> batches, LabelColumns columns, int lastDay) {
    long read = 0;
    long unknown = 0;
    long wrongWeights = 0;
    long later = 0;
    int newest = LabelBlock.NO_DAY;
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      read += batch.numRows();
      for (int row = 0; row < batch.numRows(); row++) {
        if (!columns.isKnown(batch, row)) {
          unknown++;
          continue;
        }

        double weight = columns.weight(batch, row);
        wrongWeights += weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT ? 0 : 1;
        int day = columns.day(batch, row);
        later += day > lastDay ? 1 : 0;
        newest = Math.max(newest, day);
      }
    }

    return new LabelTotals(read, unknown, wrongWeights, later, newest);
  }

  LabelTotals and(LabelTotals other) {
    return new LabelTotals(
        read + other.read,
        unknown + other.unknown,
        wrongWeights + other.wrongWeights,
        later + other.later,
        Math.max(newest, other.newest));
  }

  /** Returns the newest day; empty if labels have no time. */
  Optional<LocalDate> newestDay() {
    return newest == LabelBlock.NO_DAY
        ? Optional.empty()
        : Optional.of(LocalDate.ofEpochDay(newest));
  }
}
