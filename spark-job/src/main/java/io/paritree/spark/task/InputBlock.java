package io.paritree.spark.task;

import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;

/**
 * Some rows of one file, column by column.
 *
 * <p>Valid until the next block is requested. Columns are numbered as in {@link
 * TaskPlan.Input#columns}; the columns of directory names are not in a block. Not thread-safe.
 */
public interface InputBlock {

  int rows();

  /** Returns the values of a column that comes from the file. */
  Cells cells(int column);

  /** Returns a row, to copy values from; valid until the next call. */
  SpecializedGetters row(int row);

  /** Returns the ordinal of a column in {@link #row}. */
  int ordinal(int column);

  /** Returns the index of a row in its file, from 0; -1 if it is not known. */
  long indexInFile(int row);

  /** Returns the text of a malformed CSV line; null for a good one. */
  default String malformed(int row) {
    return null;
  }
}
