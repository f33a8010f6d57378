package io.paritree.spark.outcomes;

import io.paritree.spark.versions.TextOrder;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegralType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The keys of the rows of batches, as hashes and as bytes: those of two keys are the same if, and
 * only if, a join takes the keys for the same. Whole numbers of any width can be. Not thread-safe.
 *
 * <p>A key that is one number has no bytes, since no other number has its hash.
 */
final class KeyReader {
  private final int[] ordinals;
  private final ColumnVector[] columns;
  private boolean isNumber;
  private long[] numbers = {};
  private byte[] bytes = new byte[64];
  private int size;

  /**
   * @param ordinals where batches have the columns of the key
   */
  KeyReader(int[] ordinals) {
    this.ordinals = ordinals;
    this.columns = new ColumnVector[ordinals.length];
  }

  /** Returns whether keys of these types can be read. */
  static boolean areRead(List<DataType> types) {
    return types.stream()
        .allMatch(
            type -> isNumber(type) || type instanceof StringType text && TextOrder.isOfBytes(text));
  }

  private static boolean isNumber(DataType type) {
    return type instanceof IntegralType
        || type instanceof BooleanType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  /** Begins a batch. */
  void begin(ColumnarBatch batch) {
    Arrays.setAll(columns, column -> batch.column(ordinals[column]));
    isNumber = columns.length == 1 && isNumber(columns[0].dataType());
    if (isNumber) {
      readNumbers(batch.numRows());
    }
  }

  private void readNumbers(int rows) {
    if (numbers.length < rows) {
      numbers = new long[rows];
    }

    ColumnVector from = columns[0];
    boolean isLong = from.dataType().defaultSize() == Long.BYTES;
    boolean anyNull = from.hasNull(); // whose value may not be read
    for (int row = 0; row < rows; row++) {
      if (!anyNull || !from.isNullAt(row)) {
        numbers[row] = isLong ? from.getLong(row) : ValueCodes.number(from, row);
      }
    }
  }

  /** Returns whether a row has no key. */
  boolean isNull(int row) {
    for (ColumnVector column : columns) {
      if (column.isNullAt(row)) {
        return true;
      }
    }

    return false;
  }

  /** Returns the hash of the key of a row that has one, whose bytes can be asked for next. */
  long hash(int row) {
    if (isNumber) {
      return mixed(numbers[row]);
    }

    size = 0;
    for (ColumnVector column : columns) {
      if (column.dataType() instanceof StringType) {
        UTF8String text = column.getUTF8String(row);
        put(text.numBytes());
        room(text.numBytes());
        text.writeToMemory(bytes, Platform.BYTE_ARRAY_OFFSET + size);
        size += text.numBytes();
      } else {
        put(ValueCodes.number(column, row));
      }
    }

    return XXH64.hashUnsafeBytes(bytes, Platform.BYTE_ARRAY_OFFSET, size, 0);
  }

  /** Mixes the bits of a number, so that no two have the same: MurmurHash3's last step. */
  private static long mixed(long number) {
    long mixed = (number ^ number >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  private void put(long number) {
    room(Long.BYTES);
    Platform.putLong(bytes, Platform.BYTE_ARRAY_OFFSET + size, number);
    size += Long.BYTES;
  }

  private void room(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * (size + more));
    }
  }

  /** Returns the array whose first bytes are those of the key; it changes with the next key. */
  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }
}
