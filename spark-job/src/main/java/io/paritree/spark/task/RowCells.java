package io.paritree.spark.task;

import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/**
 * A column of a block of internal rows.
 *
 * @param block the rows; the array's content changes from block to block
 */
record RowCells(InternalRow[] block, int ordinal, ColumnKind kind, DataType type) implements Cells {

  @Override
  public void nulls(int rows, NullRows into) {
    int[] to = into.begin();
    int count = 0;
    for (int row = 0; row < rows; row++) {
      to[count] = row;
      count += block[row].isNullAt(ordinal) ? 1 : 0;
    }

    into.end(count);
  }

  @Override
  public void numbers(int rows, double[] into) {
    for (int row = 0; row < rows; row++) {
      into[row] =
          block[row].isNullAt(ordinal) ? Double.NaN : kind.number(block[row], ordinal, type);
    }
  }

  @Override
  public void floats(int rows, NullRows nulls, float[] into, int at) {
    for (int row = 0; row < rows; row++) {
      into[at + row] = block[row].isNullAt(ordinal) ? Float.NaN : block[row].getFloat(ordinal);
    }
  }

  @Override
  public boolean ids(int rows, NullRows nulls, DictionaryIds into) {
    return false;
  }
}
