package io.paritree.spark.outcomes;

import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/** The labels of the rows of batches. Not thread-safe. */
interface RowLabels {
  /** Begins a batch. */
  void begin(ColumnarBatch batch);

  /** Returns whether a row has a label, of which the other methods then speak. */
  boolean find(int row);

  double outcome();

  /** Returns the day on which it was known; {@link LabelBlock#NO_DAY} if that is not said. */
  int day();

  double weight();

  /**
   * Returns labels that Spark has joined to the rows.
   *
   * @param outcomeAt where batches have what came; null without a label. Likewise the others
   */
  static RowLabels ofColumns(int outcomeAt, int dayAt, int weightAt) {
    return new RowLabels() {
      private ColumnarBatch batch;
      private int row;

      @Override
      public void begin(ColumnarBatch next) {
        batch = next;
      }

      @Override
      public boolean find(int at) {
        row = at;
        return !batch.column(outcomeAt).isNullAt(at);
      }

      @Override
      public double outcome() {
        return batch.column(outcomeAt).getDouble(row);
      }

      @Override
      public int day() {
        ColumnVector days = batch.column(dayAt);
        return days.isNullAt(row) ? LabelBlock.NO_DAY : days.getInt(row);
      }

      @Override
      public double weight() {
        return batch.column(weightAt).getDouble(row);
      }
    };
  }
}
