package io.paritree.spark.rows;

import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/** Copies a value from an input row to an output row; numbers are not boxed. */
@FunctionalInterface
interface Copier {

  /** Copies the value at ordinal {@code from}, which is not null, to ordinal {@code to}. */
  void copy(SpecializedGetters source, int from, SpecificInternalRow target, int to);

  /** Copies the value at ordinal {@code from}, or null, to ordinal {@code to}. */
  default void copyOrNull(SpecializedGetters source, int from, SpecificInternalRow target, int to) {
    if (source.isNullAt(from)) {
      target.setNullAt(to);
    } else {
      copy(source, from, target, to);
    }
  }

  /** Returns the copier for a type. */
  static Copier of(DataType type) {
    if (type instanceof IntegerType || type instanceof DateType) {
      return (source, from, target, to) -> target.setInt(to, source.getInt(from));
    } else if (type instanceof LongType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType) {
      return (source, from, target, to) -> target.setLong(to, source.getLong(from));
    } else if (type instanceof FloatType) {
      return (source, from, target, to) -> target.setFloat(to, source.getFloat(from));
    } else if (type instanceof DoubleType) {
      return (source, from, target, to) -> target.setDouble(to, source.getDouble(from));
    } else if (type instanceof ShortType) {
      return (source, from, target, to) -> target.setShort(to, source.getShort(from));
    } else if (type instanceof ByteType) {
      return (source, from, target, to) -> target.setByte(to, source.getByte(from));
    } else if (type instanceof BooleanType) {
      return (source, from, target, to) -> target.setBoolean(to, source.getBoolean(from));
    } else if (type instanceof StringType) {
      return (source, from, target, to) -> target.update(to, source.getUTF8String(from));
    }

    return (source, from, target, to) -> target.update(to, source.get(from, type));
  }
}
