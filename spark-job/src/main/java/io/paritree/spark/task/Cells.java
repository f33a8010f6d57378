package io.paritree.spark.task;

/**
 * One column of the current block, whose type its methods ask for once per block, not once per
 * value. Not thread-safe.
 */
public interface Cells {

  /** Finds the rows that are null. */
  void nulls(int rows, NullRows into);

  /** Reads a numeric column as the nearest doubles; NaN for nulls. */
  void numbers(int rows, double[] into);

  /**
   * Reads a FLOAT column without conversion; NaN for nulls.
   *
   * @param nulls the column's
   * @param into receives one number per row, from {@code at} on
   */
  void floats(int rows, NullRows nulls, float[] into, int at);

  /**
   * Reads which entries of a dictionary the rows hold, if the column is encoded with one that is
   * small enough for work to be done once for each entry.
   *
   * @param nulls the column's
   * @return false if it is not; then {@code into} has no content
   */
  boolean ids(int rows, NullRows nulls, DictionaryIds into);
}
