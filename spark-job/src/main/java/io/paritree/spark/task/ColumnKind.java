package io.paritree.spark.task;

import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** How Spark's rows and vectors hold a column's values: which getter returns them. */
public enum ColumnKind {
  BOOLEAN,
  BYTE,
  SHORT,
  INT,
  /** Days since 1970, an int. */
  DATE,
  LONG,
  /** Microseconds since 1970 in UTC, a long. */
  INSTANT,
  /** The same for a local time. */
  LOCAL,
  FLOAT,
  DOUBLE,
  DECIMAL,
  TEXT,
  BINARY,
  /** A list, a struct, or any other type. */
  OTHER;

  /** Returns the kind of a type. */
  public static ColumnKind of(DataType type) {
    if (type instanceof IntegerType) {
      return INT;
    } else if (type instanceof DateType) {
      return DATE;
    } else if (type instanceof LongType) {
      return LONG;
    } else if (type instanceof TimestampType) {
      return INSTANT;
    } else if (type instanceof TimestampNTZType) {
      return LOCAL;
    } else if (type instanceof FloatType) {
      return FLOAT;
    } else if (type instanceof DoubleType) {
      return DOUBLE;
    } else if (type instanceof ShortType) {
      return SHORT;
    } else if (type instanceof ByteType) {
      return BYTE;
    } else if (type instanceof BooleanType) {
      return BOOLEAN;
    } else if (type instanceof DecimalType) {
      return DECIMAL;
    } else if (type instanceof BinaryType) {
      return BINARY;
    }

    return type instanceof StringType ? TEXT : OTHER;
  }

  /** Returns whether the values are numbers. */
  public boolean isNumber() {
    return switch (this) {
      case BYTE, SHORT, INT, LONG, FLOAT, DOUBLE, DECIMAL -> true;
      case BOOLEAN, DATE, INSTANT, LOCAL, TEXT, BINARY, OTHER -> false;
    };
  }

  /** Returns a number of a row, which is not null, as the nearest double. */
  public double number(SpecializedGetters row, int at, DataType type) {
    return switch (this) {
      case FLOAT -> row.getFloat(at);
      case DOUBLE -> row.getDouble(at);
      case INT -> row.getInt(at);
      case LONG -> (double) row.getLong(at);
      case SHORT -> row.getShort(at);
      case BYTE -> row.getByte(at);
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield row.getDecimal(at, decimal.precision(), decimal.scale())
            .toJavaBigDecimal()
            .doubleValue();
      }
      case BOOLEAN, DATE, INSTANT, LOCAL, TEXT, BINARY, OTHER ->
          throw new IllegalStateException(
              "Cannot read column %s as a number: it is of kind %s".formatted(at, this));
    };
  }
}
