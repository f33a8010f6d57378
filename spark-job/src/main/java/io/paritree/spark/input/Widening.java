package io.paritree.spark.input;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;

/**
 * The type that Spark can read a file's narrower type as, without changing a value.
 *
 * <p>A column that has become wider from one file to the next is read in its widest type. That
 * changes no score: a slot is made of a number's value, whatever type holds it.
 */
final class Widening {
  private static final List<Class<? extends DataType>> INTEGERS =
      List.of(ByteType.class, ShortType.class, IntegerType.class, LongType.class);

  /** What Spark asks of a decimal, before the point, to read 32 or 64 bits as it. */
  private static final int INT_DIGITS = 10;

  private static final int LONG_DIGITS = 20;

  private Widening() {}

  /** Returns the one of some types that holds the values of all of them; empty if none does. */
  static Optional<DataType> widest(Collection<DataType> types) {
    return types.stream()
        .filter(wide -> types.stream().allMatch(type -> holds(wide, type)))
        .findFirst();
  }

  /** Returns whether Parquet stores the values of all these types in the same way. */
  static boolean areStoredAlike(Collection<DataType> types) {
    return types.size() == 1
        || types.stream().allMatch(type -> isInteger(type) && !(type instanceof LongType));
  }

  private static boolean holds(DataType wide, DataType type) {
    if (wide.equals(type)) {
      return true;
    } else if (wide instanceof DecimalType decimal) {
      return holds(decimal, type);
    } else if (wide instanceof DoubleType) {
      return type instanceof FloatType || (isInteger(type) && !(type instanceof LongType));
    }

    return isInteger(wide) && isInteger(type) && rank(type) < rank(wide);
  }

  private static boolean holds(DecimalType wide, DataType type) {
    int digits = wide.precision() - wide.scale();
    if (type instanceof DecimalType decimal) {
      return wide.scale() >= decimal.scale() && digits >= decimal.precision() - decimal.scale();
    }

    return isInteger(type) && digits >= (type instanceof LongType ? LONG_DIGITS : INT_DIGITS);
  }

  private static boolean isInteger(DataType type) {
    return rank(type) >= 0;
  }

  /** Returns the rank of an integer by its width; -1 for other types. */
  private static int rank(DataType type) {
    for (int rank = 0; rank < INTEGERS.size(); rank++) {
      if (INTEGERS.get(rank).isInstance(type)) {
        return rank;
      }
    }

    return -1;
  }
}
