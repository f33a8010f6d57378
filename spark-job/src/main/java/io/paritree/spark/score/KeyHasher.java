package io.paritree.spark.score;

import io.paritree.spark.task.ColumnKind;
import io.paritree.spark.versions.TextOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Hashes keys to 64 bits: keys that SQL's {@code GROUP BY} treats as equal have the same hash.
 *
 * <p>So rows with different hashes have different keys; rows with the same hash may have the same
 * key. All nulls are equal, all NaNs are equal, and -0.0 equals 0.0. Immutable and thread-safe.
 */
public final class KeyHasher {
  private static final long NULL = 0x9e3779b97f4a7c15L;

  /** Of the largest long; a larger number of so many digits overflows to a negative one. */
  private static final int MAX_DIGITS = 19;

  private final Column[] columns;

  /** Hashes a value that is not null. */
  @FunctionalInterface
  private interface Column {
    long hash(InternalRow row, int at, long seed);
  }

  private KeyHasher(Column[] columns) {
    this.columns = columns;
  }

  /**
   * Returns the hasher of keys that are the first columns of a row.
   *
   * @return empty if a key is of a type whose equal values may differ in their bits, such as a list
   */
  public static Optional<KeyHasher> of(List<DataType> types) {
    Column[] columns = types.stream().map(KeyHasher::column).toArray(Column[]::new);
    return Arrays.asList(columns).contains(null)
        ? Optional.empty()
        : Optional.of(new KeyHasher(columns));
  }

  private static Column column(DataType type) {
    return switch (ColumnKind.of(type)) {
      case LONG, INSTANT, LOCAL -> (row, at, seed) -> XXH64.hashLong(row.getLong(at), seed);
      case INT, DATE -> (row, at, seed) -> XXH64.hashLong(row.getInt(at), seed);
      case SHORT -> (row, at, seed) -> XXH64.hashLong(row.getShort(at), seed);
      case BYTE -> (row, at, seed) -> XXH64.hashLong(row.getByte(at), seed);
      case BOOLEAN -> (row, at, seed) -> XXH64.hashLong(row.getBoolean(at) ? 1 : 0, seed);
      case FLOAT ->
          (row, at, seed) -> XXH64.hashLong(Float.floatToIntBits(row.getFloat(at) + 0f), seed);
      case DOUBLE ->
          (row, at, seed) -> XXH64.hashLong(Double.doubleToLongBits(row.getDouble(at) + 0d), seed);
      case TEXT ->
          TextOrder.isOfBytes((StringType) type)
              ? (row, at, seed) -> text(row.getUTF8String(at), seed)
              : null;
      case BINARY -> (row, at, seed) -> bytes(row.getBinary(at), seed);
      case DECIMAL -> decimal((DecimalType) type);
      case OTHER -> null;
    };
  }

  /**
   * Hashes a text. One that a whole number is written as has its hash, so that a key has the same
   * hash in files of texts and of numbers.
   */
  private static long text(UTF8String text, long seed) {
    OptionalLong number = number(text);
    return number.isPresent()
        ? XXH64.hashLong(number.getAsLong(), seed)
        : XXH64.hashUTF8String(text, seed);
  }

  private static byte byteOf(UTF8String text, int at) { // its own method is private in Spark 3.5
    return Platform.getByte(text.getBaseObject(), text.getBaseOffset() + at);
  }

  /** Returns the number that is written as a text; empty if no number is written so. */
  private static OptionalLong number(UTF8String text) {
    int bytes = text.numBytes();
    int first = bytes > 0 && byteOf(text, 0) == '-' ? 1 : 0;
    int digits = bytes - first;
    boolean mayBeNumber = digits > 0 && digits <= MAX_DIGITS;
    if (!mayBeNumber || byteOf(text, first) == '0' && bytes > 1) {
      return OptionalLong.empty();
    }

    long number = 0;
    for (int at = first; at < bytes; at++) {
      int digit = byteOf(text, at) - '0';
      if (digit < 0 || digit > 9) {
        return OptionalLong.empty();
      }

      number = 10 * number + digit;
    }

    return number < 0 ? OptionalLong.empty() : OptionalLong.of(first == 0 ? number : -number);
  }

  private static Column decimal(DecimalType decimal) {
    int precision = decimal.precision();
    int scale = decimal.scale();
    return (row, at, seed) ->
        bytes(
            row.getDecimal(at, precision, scale).toJavaBigDecimal().unscaledValue().toByteArray(),
            seed);
  }

  private static long bytes(byte[] bytes, long seed) {
    return XXH64.hashUnsafeBytes(bytes, Platform.BYTE_ARRAY_OFFSET, bytes.length, seed);
  }

  /** Returns a key's hash, the same in all partitions. */
  public long hash(InternalRow row) {
    long hash = 0;
    for (int at = 0; at < columns.length; at++) {
      hash = row.isNullAt(at) ? XXH64.hashLong(NULL, ~hash) : columns[at].hash(row, at, hash);
    }

    return hash;
  }

  /** Returns whether a row has no key: all of its columns are null. */
  public boolean isNull(InternalRow row) {
    int at = 0;
    while (at < columns.length && row.isNullAt(at)) {
      at++;
    }

    return at == columns.length;
  }

  /**
   * Returns the hash of a key of a partition; those of two keys are equal if the keys' are.
   *
   * @param seed the seed of the partition; keys of two partitions are never compared
   */
  public static long ofPartition(long hash, long seed) {
    return XXH64.hashLong(hash, seed);
  }

  /** Returns a hash of a row that has no key, by its index in a file. */
  public static long ofIndex(long index, String file) {
    return XXH64.hashLong(index, seed(file));
  }

  /** Returns the seed of a partition. */
  public static long seed(String partition) {
    return bytes(partition.getBytes(StandardCharsets.UTF_8), 0);
  }
}
