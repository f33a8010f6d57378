package io.paritree.spark.score;

import io.paritree.spark.task.ColumnKind;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;

/**
 * The values of a column as texts, which are those that Spark writes to CSV files. Not thread-safe.
 */
@FunctionalInterface
interface ColumnText {
  /** Returns the value at an ordinal of a row, which is not null; empty if it is a missing one. */
  String of(SpecializedGetters row, int at);

  /**
   * Returns the texts of a column.
   *
   * @return empty if its values have no plain text: lists, bytes, and times, which each program
   *     writes otherwise
   */
  static Optional<ColumnText> of(DataType type) {
    ColumnText text =
        switch (ColumnKind.of(type)) {
          case BOOLEAN -> (row, at) -> String.valueOf(row.getBoolean(at));
          case BYTE -> (row, at) -> String.valueOf(row.getByte(at));
          case SHORT -> (row, at) -> String.valueOf(row.getShort(at));
          case INT -> (row, at) -> String.valueOf(row.getInt(at));
          case LONG -> (row, at) -> String.valueOf(row.getLong(at));
          case DATE -> (row, at) -> LocalDate.ofEpochDay(row.getInt(at)).toString();
          case FLOAT -> (row, at) -> number(Float.toString(row.getFloat(at) + 0f));
          case DOUBLE -> (row, at) -> number(Double.toString(row.getDouble(at) + 0d));
          case DECIMAL -> decimal((DecimalType) type);
          case TEXT -> new KnownTexts();
          case INSTANT, LOCAL, BINARY, OTHER -> null;
        };
    return Optional.ofNullable(text);
  }

  private static ColumnText decimal(DecimalType type) {
    int precision = type.precision();
    int scale = type.scale();
    return (row, at) -> row.getDecimal(at, precision, scale).toJavaBigDecimal().toPlainString();
  }

  private static String number(String text) {
    return text.equals("NaN") ? "" : text;
  }
}
