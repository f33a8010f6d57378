package io.paritree.spark.files;

import io.paritree.spark.task.ColumnKind;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A column of values that are no lists or structs. A text that is the same object as the one before
 * is not copied again. Not thread-safe.
 */
final class LeafColumn {
  private final ColumnKind kind;

  /** The definition level of a value. */
  private final int present;

  private UTF8String lastText;
  private Binary lastBinary;
  private ColumnWriter writer;

  LeafColumn(DataType type, int present) {
    this.kind = ColumnKind.of(type);
    this.present = present;
  }

  /** Returns whether a type can be written. */
  static boolean writes(DataType type) {
    return switch (ColumnKind.of(type)) {
      case DECIMAL, BINARY, OTHER -> false;
      default -> true;
    };
  }

  /** Sets the writer of the values that follow. */
  void begin(ColumnWriter to) {
    writer = to;
  }

  /**
   * Writes a value of a row.
   *
   * @param nullLevel the definition level if it is null
   */
  void write(SpecializedGetters row, int at, int repetition, int nullLevel) {
    if (row.isNullAt(at)) {
      writer.writeNull(repetition, nullLevel);
      return;
    }

    switch (kind) {
      case LONG, INSTANT, LOCAL -> writer.write(row.getLong(at), repetition, present);
      case FLOAT -> writer.write(row.getFloat(at), repetition, present);
      case TEXT -> writer.write(binary(row.getUTF8String(at)), repetition, present);
      case INT, DATE -> writer.write(row.getInt(at), repetition, present);
      case DOUBLE -> writer.write(row.getDouble(at), repetition, present);
      case SHORT -> writer.write(row.getShort(at), repetition, present);
      case BYTE -> writer.write(row.getByte(at), repetition, present);
      case BOOLEAN -> writer.write(row.getBoolean(at), repetition, present);
      default -> throw new IllegalStateException("Cannot write a column of " + kind);
    }
  }

  void writeNull(int repetition, int level) {
    writer.writeNull(repetition, level);
  }

  private Binary binary(UTF8String text) {
    if (text != lastText) {
      lastText = text;
      lastBinary = Binary.fromConstantByteArray(text.getBytes());
    }

    return lastBinary;
  }
}
