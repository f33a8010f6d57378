package io.paritree.spark.blocks;

import io.paritree.spark.task.ColumnKind;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.types.UTF8String;

/** A column of a columnar batch. */
final class VectorCells implements Cells {
  private final ColumnKind kind;
  private final int precision;
  private final int scale;
  private ColumnVector vector;

  VectorCells(DataType type) {
    this.kind = ColumnKind.of(type);
    this.precision = type instanceof DecimalType decimal ? decimal.precision() : 0;
    this.scale = type instanceof DecimalType decimal ? decimal.scale() : 0;
  }

  void bind(ColumnVector vector) {
    this.vector = vector;
  }

  @Override
  public boolean nulls(int rows, boolean[] into) {
    if (!vector.hasNull()) {
      return false;
    }

    ColumnVector from = vector;
    boolean any = false;
    for (int row = 0; row < rows; row++) {
      boolean isNull = from.isNullAt(row);
      into[row] = isNull;
      any |= isNull;
    }

    return any;
  }

  @Override
  public void numbers(int rows, boolean[] nulls, double[] into) {
    ColumnVector from = vector;
    // A null row of a vector with a dictionary may hold an id of another row group's dictionary.
    switch (kind) {
      case FLOAT -> {
        for (int row = 0; row < rows; row++) {
          into[row] = nulls != null && nulls[row] ? Double.NaN : from.getFloat(row);
        }
      }
      case DOUBLE -> {
        for (int row = 0; row < rows; row++) {
          into[row] = nulls != null && nulls[row] ? Double.NaN : from.getDouble(row);
        }
      }
      case INT -> {
        for (int row = 0; row < rows; row++) {
          into[row] = nulls != null && nulls[row] ? Double.NaN : from.getInt(row);
        }
      }
      case LONG -> {
        for (int row = 0; row < rows; row++) {
          into[row] = nulls != null && nulls[row] ? Double.NaN : (double) from.getLong(row);
        }
      }
      case SHORT -> {
        for (int row = 0; row < rows; row++) {
          into[row] = nulls != null && nulls[row] ? Double.NaN : from.getShort(row);
        }
      }
      case BYTE -> {
        for (int row = 0; row < rows; row++) {
          into[row] = nulls != null && nulls[row] ? Double.NaN : from.getByte(row);
        }
      }
      case DECIMAL -> {
        for (int row = 0; row < rows; row++) {
          into[row] =
              nulls != null && nulls[row]
                  ? Double.NaN
                  : from.getDecimal(row, precision, scale).toJavaBigDecimal().doubleValue();
        }
      }
      case BOOLEAN, TEXT, BINARY, OTHER ->
          throw new IllegalStateException(
              "Cannot read a column of kind %s as a number".formatted(kind));
    }
  }

  @Override
  public void floats(int rows, boolean[] nulls, float[] into, int at) {
    ColumnVector from = vector;
    for (int row = 0; row < rows; row++) {
      into[at + row] = nulls != null && nulls[row] ? 0 : from.getFloat(row);
    }
  }

  @Override
  public boolean truth(int row) {
    return vector.getBoolean(row);
  }

  @Override
  public long micros(int row) {
    return vector.getLong(row);
  }

  @Override
  public UTF8String text(int row) {
    return vector.getUTF8String(row);
  }
}
