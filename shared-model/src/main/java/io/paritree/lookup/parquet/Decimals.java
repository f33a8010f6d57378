package io.paritree.lookup.parquet;

import java.math.BigInteger;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;

/**
 * The decimals of the job's files. Parquet's may have any number of digits: to write a few bytes as
 * a number could take all memory, or hours.
 */
final class Decimals {
  private static final int MAX_DIGITS = 38;
  private static final int MAX_BYTES = 16;

  private Decimals() {}

  /**
   * Returns the digits after the point of a column; 0 if it is none of decimals.
   *
   * @throws UnusableRowsException if it may have more digits than the job writes
   */
  static int scale(Type column) throws UnusableRowsException {
    if (!(column.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation decimal)) {
      return 0;
    } else if (decimal.getPrecision() > MAX_DIGITS) {
      throw new UnusableRowsException(
          "column '%s' is a decimal of %s digits, expected at most %s"
              .formatted(column.getName(), decimal.getPrecision(), MAX_DIGITS));
    }

    return decimal.getScale();
  }

  /** Returns the number without its point that some bytes are. */
  static BigInteger unscaled(Binary value) {
    if (value.length() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a decimal has %s bytes, expected at most %s".formatted(value.length(), MAX_BYTES));
    }

    return new BigInteger(value.getBytesUnsafe());
  }
}
