package io.paritree.spark.score;

import io.paritree.spark.task.ColumnKind;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.sql.types.DataType;

/** Copies a value from an input row to an output row; numbers are not boxed. */
@FunctionalInterface
interface Copier {

  /** Copies the value at ordinal {@code from}, which is not null, to ordinal {@code to}. */
  void copy(SpecializedGetters source, int from, SpecificInternalRow target, int to);

  static Copier of(DataType type) {
    return switch (ColumnKind.of(type)) {
      case INT, DATE -> (source, from, target, to) -> target.setInt(to, source.getInt(from));
      case LONG, INSTANT, LOCAL ->
          (source, from, target, to) -> target.setLong(to, source.getLong(from));
      case FLOAT -> (source, from, target, to) -> target.setFloat(to, source.getFloat(from));
      case DOUBLE -> (source, from, target, to) -> target.setDouble(to, source.getDouble(from));
      case SHORT -> (source, from, target, to) -> target.setShort(to, source.getShort(from));
      case BYTE -> (source, from, target, to) -> target.setByte(to, source.getByte(from));
      case BOOLEAN -> (source, from, target, to) -> target.setBoolean(to, source.getBoolean(from));
      case TEXT -> (source, from, target, to) -> target.update(to, source.getUTF8String(from));
      case DECIMAL, BINARY, OTHER ->
          (source, from, target, to) -> target.update(to, source.get(from, type));
    };
  }
}
