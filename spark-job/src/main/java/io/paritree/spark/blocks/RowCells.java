package io.paritree.spark.blocks;

import io.paritree.spark.task.ColumnKind;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.unsafe.types.UTF8String;

/** A column of a block of internal rows. */
final class RowCells implements Cells {
  private final InternalRow[] block;
  private final int ordinal;
  private final ColumnKind kind;
  private final int precision;
  private final int scale;

  /**
   * @param block the rows; the array's content changes from block to block
   */
  RowCells(InternalRow[] block, int ordinal, DataType type) {
    this.block = block;
    this.ordinal = ordinal;
    this.kind = ColumnKind.of(type);
    this.precision = type instanceof DecimalType decimal ? decimal.precision() : 0;
    this.scale = type instanceof DecimalType decimal ? decimal.scale() : 0;
  }

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
      into[row] = block[row].isNullAt(ordinal) ? Double.NaN : number(block[row]);
    }
  }

  private double number(InternalRow row) {
    return switch (kind) {
      case FLOAT -> row.getFloat(ordinal);
      case DOUBLE -> row.getDouble(ordinal);
      case INT -> row.getInt(ordinal);
      case LONG -> (double) row.getLong(ordinal);
      case SHORT -> row.getShort(ordinal);
      case BYTE -> row.getByte(ordinal);
      case DECIMAL -> row.getDecimal(ordinal, precision, scale).toJavaBigDecimal().doubleValue();
      case BOOLEAN, TEXT, BINARY, OTHER ->
          throw new IllegalStateException(
              "Cannot read column %s as a number: it is of kind %s".formatted(ordinal, kind));
    };
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

  @Override
  public double number(int row) {
    return number(block[row]);
  }

  @Override
  public boolean truth(int row) {
    return block[row].getBoolean(ordinal);
  }

  @Override
  public long micros(int row) {
    return block[row].getLong(ordinal);
  }

  @Override
  public UTF8String text(int row) {
    return block[row].getUTF8String(ordinal);
  }
}
