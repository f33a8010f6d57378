package io.paritree.spark.task;

import io.paritree.spark.versions.VectorDictionary;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.vectorized.ColumnVector;

/** A column of a columnar batch. */
final class VectorCells implements Cells {
  /**
   * With more entries, few of them repeat in a block, and their slots are not in a core's cache.
   */
  private static final int MAX_ENTRIES = 1 << 16;

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
  public void nulls(int rows, NullRows into) {
    ColumnVector from = vector;
    int[] to = into.begin();
    int count = 0;
    if (from.hasNull()) {
      for (int row = 0; row < rows; row++) {
        to[count] = row;
        count += from.isNullAt(row) ? 1 : 0;
      }
    }

    into.end(count);
  }

  @Override
  public void numbers(int rows, double[] into) {
    ColumnVector from = vector;
    boolean anyNull = from.hasNull();
    // A null row of a vector with a dictionary may hold an id of another row group's dictionary.
    switch (kind) {
      case FLOAT -> {
        for (int row = 0; row < rows; row++) {
          into[row] = anyNull && from.isNullAt(row) ? Double.NaN : from.getFloat(row);
        }
      }
      case DOUBLE -> {
        for (int row = 0; row < rows; row++) {
          into[row] = anyNull && from.isNullAt(row) ? Double.NaN : from.getDouble(row);
        }
      }
      case INT -> {
        for (int row = 0; row < rows; row++) {
          into[row] = anyNull && from.isNullAt(row) ? Double.NaN : from.getInt(row);
        }
      }
      case LONG -> {
        for (int row = 0; row < rows; row++) {
          into[row] = anyNull && from.isNullAt(row) ? Double.NaN : (double) from.getLong(row);
        }
      }
      case SHORT -> {
        for (int row = 0; row < rows; row++) {
          into[row] = anyNull && from.isNullAt(row) ? Double.NaN : from.getShort(row);
        }
      }
      case BYTE -> {
        for (int row = 0; row < rows; row++) {
          into[row] = anyNull && from.isNullAt(row) ? Double.NaN : from.getByte(row);
        }
      }
      case DECIMAL -> {
        for (int row = 0; row < rows; row++) {
          into[row] =
              anyNull && from.isNullAt(row)
                  ? Double.NaN
                  : from.getDecimal(row, precision, scale).toJavaBigDecimal().doubleValue();
        }
      }
      case BOOLEAN, DATE, INSTANT, LOCAL, TEXT, BINARY, OTHER ->
          throw new IllegalStateException(
              "Cannot read a column of kind %s as a number".formatted(kind));
    }
  }

  @Override
  public void floats(int rows, NullRows nulls, float[] into, int at) {
    ColumnVector from = vector;
    if (nulls.count() > 0 && !isPlain(from)) {
      for (int row = 0; row < rows; row++) {
        into[at + row] = from.isNullAt(row) ? Float.NaN : from.getFloat(row);
      }

      return;
    }

    // The values of nulls are read too, because a loop without a branch is twice as fast.
    for (int row = 0; row < rows; row++) {
      into[at + row] = from.getFloat(row);
    }

    for (int index = 0; index < nulls.count(); index++) {
      into[at + nulls.row(index)] = Float.NaN;
    }
  }

  /** Returns whether the value of a null can be read, though it means nothing. */
  private static boolean isPlain(ColumnVector vector) {
    return vector instanceof WritableColumnVector writable && !writable.hasDictionary();
  }

  @Override
  public boolean ids(int rows, NullRows nulls, DictionaryIds into) {
    VectorDictionary dictionary = VectorDictionary.of(vector);
    if (dictionary == null || dictionary.size() > MAX_ENTRIES) {
      return false;
    }

    into.begin(dictionary.entries(), dictionary.size());
    WritableColumnVector from = dictionary.ids();
    int[] to = into.ofRows();
    for (int row = 0; row < rows; row++) {
      to[row] = from.getDictId(row) + 1;
    }

    for (int index = 0; index < nulls.count(); index++) {
      to[nulls.row(index)] = 0;
    }

    return true;
  }
}
