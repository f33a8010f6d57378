package io.paritree.spark.outcomes;

import java.io.Serializable;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Where batches of labels have their columns; -1 for a day or a weight that is not there.
 *
 * @param keys at least one
 */
record LabelColumns(int[] keys, int outcome, int day, int weight) implements Serializable {
  static LabelColumns of(ColumnBatches batches, int keys) {
    return new LabelColumns(
        batches.at(PublishedScores.keys(keys)),
        batches.at(LabelRows.OUTCOME),
        batches.at(LabelRows.TIME),
        batches.at(LabelRows.WEIGHT));
  }

  /** Returns whether a row has a key, an outcome, and a day if there are days. */
  boolean isKnown(ColumnarBatch batch, int row) {
    for (int key : keys) {
      if (batch.column(key).isNullAt(row)) {
        return false;
      }
    }

    return !batch.column(outcome).isNullAt(row) && (day < 0 || !batch.column(day).isNullAt(row));
  }

  /** Returns what came, of a column of doubles, or of true and false. */
  double outcome(ColumnarBatch batch, int row) {
    ColumnVector from = batch.column(outcome);
    if (from.dataType() instanceof BooleanType) {
      return from.getBoolean(row) ? 1 : 0;
    }

    return from.getDouble(row);
  }

  /** Returns the day of a row that is known; {@link LabelBlock#NO_DAY} if there are no days. */
  int day(ColumnarBatch batch, int row) {
    return day < 0 ? LabelBlock.NO_DAY : batch.column(day).getInt(row);
  }

  /** Returns a weight; NaN for a null. */
  double weight(ColumnarBatch batch, int row) {
    if (weight < 0) {
      return 1;
    }

    ColumnVector from = batch.column(weight);
    return from.isNullAt(row) ? Double.NaN : from.getDouble(row);
  }
}
