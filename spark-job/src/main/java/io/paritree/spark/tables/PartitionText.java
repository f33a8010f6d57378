package io.paritree.spark.tables;

import io.paritree.output.PartitionValue;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The values of partitions as texts, which a table's log has, and as values of their columns. */
public final class PartitionText {
  private PartitionText() {}

  /** Returns the path of a partition with these values. */
  public static String path(List<String> columns, Map<String, String> values) {
    return PartitionValue.path(
        columns.stream()
            .map(
                column ->
                    new PartitionValue(column, Objects.requireNonNullElse(values.get(column), "")))
            .toList());
  }

  /** Returns why a text is not how the log has a value of this type; empty if it is. */
  public static Optional<String> problem(PartitionValue value, DataType type) {
    return value.isNull() || value.value().equals(canonical(value.value(), type))
        ? Optional.empty()
        : Optional.of(
            "partition %s cannot be written: the table's column is %s, of which this is no value, or"
                    .formatted(value, type.sql())
                + " is written otherwise; texts, dates, whole numbers and booleans can be written");
  }

  /** Returns whether the values of a partition are texts as this job would write them. */
  public static boolean isAsWritten(String partition, StructType columns) {
    return PartitionValue.ofPath(partition).stream()
        .allMatch(value -> problem(value, columns.apply(value.column()).dataType()).isEmpty());
  }

  /** Returns the text that the log has for a value; null if the text is no value. */
  private static String canonical(String text, DataType type) {
    try {
      if (type.equals(DataTypes.StringType)) {
        return text;
      } else if (type.equals(DataTypes.DateType)) {
        return LocalDate.parse(text).toString();
      } else if (type.equals(DataTypes.LongType)) {
        return String.valueOf(Long.parseLong(text));
      } else if (type.equals(DataTypes.IntegerType)) {
        return String.valueOf(Integer.parseInt(text));
      } else if (type.equals(DataTypes.ShortType)) {
        return String.valueOf(Short.parseShort(text));
      } else if (type.equals(DataTypes.ByteType)) {
        return String.valueOf(Byte.parseByte(text));
      } else if (type.equals(DataTypes.BooleanType)) {
        return text.equals("true") || text.equals("false") ? text : null;
      }
    } catch (NumberFormatException | DateTimeException e) {
      return null;
    }

    return null;
  }
}
