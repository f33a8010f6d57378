package io.paritree.spark.score;

import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.spark.task.Cells;
import io.paritree.spark.task.NullRows;
import io.paritree.spark.task.TaskPlan;

/**
 * Encodes the numbers of a block as slots, one column at a time.
 *
 * <p>The loops do as little as possible for each value: faults are checked once per column, not
 * once per value. If a column has faults, its values with missing slots are encoded again, to find
 * the rows that have the faults. Not thread-safe.
 */
final class NumberColumn {
  private final double[] numbers = new double[TaskPlan.BLOCK_ROWS];
  private Cells cells;
  private NullRows nulls;
  private int rows;
  private boolean isFloat;
  private boolean isRead;
  private long unseen;

  /**
   * Begins a column.
   *
   * @param isFloat whether the column is FLOAT, whose values need not be widened
   * @param nulls the column's
   */
  void bind(Cells cells, boolean isFloat, NullRows nulls, int rows) {
    this.cells = cells;
    this.isFloat = isFloat;
    this.nulls = nulls;
    this.rows = rows;
    this.isRead = false;
  }

  /**
   * Encodes the column for one feature.
   *
   * @param slots receives the slots, from {@code to} on
   * @param faults receives the faults, by row
   * @return the number of missing values, refused ones among them
   */
  long encode(Feature feature, float[] slots, int to, RowFaults faults) {
    Faults current = faults.current();
    long before = current.unseen();
    long nans;
    if (feature instanceof NumberFeature number) {
      if (isFloat) {
        cells.floats(rows, nulls, slots, to);
      } else {
        narrow(slots, to);
      }

      nans = number.numbers(slots, to, rows, nulls.count(), current);
    } else {
      nans = ofOther(feature, slots, to, current);
    }

    unseen = current.unseen() - before;
    if (current.isEmpty()) {
      return nans;
    }

    read();
    return nans - attribute(feature, slots, to, faults);
  }

  /** Returns the number of values that were not in the last feature's vocabulary. */
  long unseen() {
    return unseen;
  }

  /** Returns the numbers of the column, in which NaN is null. */
  double[] numbers() {
    read();
    return numbers;
  }

  /** Reads the numbers; a null is read as NaN, which every feature treats as missing. */
  private void read() {
    if (isRead) {
      return;
    }

    isRead = true;
    cells.numbers(rows, numbers);
  }

  private void narrow(float[] slots, int to) {
    read();
    double[] values = numbers;
    for (int row = 0; row < rows; row++) {
      slots[to + row] = NumberFeature.narrowed(values[row]);
    }
  }

  private long ofOther(Feature feature, float[] slots, int to, Faults faults) {
    read();
    double[] values = numbers;
    long nans = 0;
    for (int row = 0; row < rows; row++) {
      float slot = feature.number(values[row], faults);
      slots[to + row] = slot;
      nans += slot != slot ? 1 : 0;
    }

    return nans;
  }

  /**
   * Attributes the faults to their rows.
   *
   * @return the number of rows that have a fault in this column and a value
   */
  private long attribute(Feature feature, float[] slots, int to, RowFaults faults) {
    Faults current = faults.current();
    current.clear();
    long faulty = 0;
    for (int row = 0; row < rows; row++) {
      if (Float.isNaN(slots[to + row])) {
        feature.number(numbers[row], current);
        faulty += current.isEmpty() || current.isOfMissingValue() ? 0 : 1;
        faults.attribute(row);
      }
    }

    return faulty;
  }
}
