package io.paritree.spark.task;

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
  /** Also days since 1970. */
  INT,
  /** Also microseconds since 1970. */
  LONG,
  FLOAT,
  DOUBLE,
  DECIMAL,
  TEXT,
  BINARY,
  /** A list, a struct, or any other type. */
  OTHER;

  /** Returns the kind of a type. */
  public static ColumnKind of(DataType type) {
    if (type instanceof IntegerType || type instanceof DateType) {
      return INT;
    } else if (type instanceof LongType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType) {
      return LONG;
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
}
