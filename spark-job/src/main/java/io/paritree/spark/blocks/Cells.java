package io.paritree.spark.blocks;

import org.apache.spark.unsafe.types.UTF8String;

/**
 * One column of the current block.
 *
 * <p>Bulk methods branch on the column's type once per block, not once per value. Not thread-safe;
 * returned values are valid until the next block.
 */
public interface Cells {

  /**
   * Finds the nulls.
   *
   * @param into receives one flag per row; not touched if there is no null
   * @return whether there is a null
   */
  boolean nulls(int rows, boolean[] into);

  /**
   * Reads a numeric column as the nearest doubles.
   *
   * @param nulls which rows are null, and so have no value to read; null if there are none
   * @param into receives one number per row; NaN for nulls
   */
  void numbers(int rows, boolean[] nulls, double[] into);

  /**
   * Reads a FLOAT column without conversion.
   *
   * @param nulls which rows are null, and so have no value to read; null if there are none
   * @param into receives one number per row, from {@code at} on; undefined for nulls
   */
  void floats(int rows, boolean[] nulls, float[] into, int at);

  /** Returns a boolean that is not null. */
  boolean truth(int row);

  /** Returns a timestamp that is not null, in microseconds. */
  long micros(int row);

  /** Returns a text that is not null. */
  UTF8String text(int row);
}
