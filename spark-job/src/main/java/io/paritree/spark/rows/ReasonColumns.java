package io.paritree.spark.rows;

import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.reasons.ExplanationAsked;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import io.paritree.spark.blocks.InputBlock;
import io.paritree.spark.blocks.SourceFile;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.TaskPlan;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
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
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Writes the columns {@code reasons}, {@code reasons_base} and {@code reasons_rest} of rows whose
 * contributions are known. Not thread-safe.
 */
public final class ReasonColumns {
  /** How many columns there are. */
  static final int COUNT = 3;

  private final TaskPlan plan;
  private final Reasons reasons;
  private final RowReasons chosen;
  private final UTF8String[] names;

  /** For each group, the columns that it reads. */
  private final int[][] columns;

  ReasonColumns(TaskPlan plan, Reasons reasons) {
    this.plan = plan;
    this.reasons = reasons;
    List<ReasonGroup> groups = reasons.groups();
    this.chosen = new RowReasons(groups.size());
    this.names = new UTF8String[groups.size()];
    this.columns = new int[groups.size()][];
    for (int group = 0; group < names.length; group++) {
      names[group] = UTF8String.fromString(groups.get(group).name());
      columns[group] = groups.get(group).columns().stream().mapToInt(plan::indexOf).toArray();
    }
  }

  /**
   * Writes the columns of a row from {@code to} on.
   *
   * @param contributions those of the row start at {@code at}
   * @param explained the output that is explained
   */
  void write(
      float[] contributions,
      int at,
      int explained,
      InputBlock block,
      SourceFile file,
      int row,
      InternalRow output,
      int to) {
    ExplanationAsked asked = plan.explanation();
    reasons.choose(contributions, at, explained, asked.most(), asked.direction(), chosen);
    Object[] all = new Object[chosen.count()];
    for (int reason = 0; reason < all.length; reason++) {
      int group = chosen.group(reason);
      float contribution = chosen.contribution(reason);
      UTF8String code =
          reasons
              .code(group, contribution)
              .map(ReasonRule.Code::code)
              .map(UTF8String::fromString)
              .orElse(null);
      all[reason] =
          new GenericInternalRow(
              new Object[] {names[group], value(group, block, file, row), contribution, code});
    }

    output.update(to, new GenericArrayData(all));
    output.setFloat(to + 1, chosen.base());
    output.setFloat(to + 2, chosen.rest());
  }

  /** Returns the value of a group's column as text; of several, each with its name. */
  private UTF8String value(int group, InputBlock block, SourceFile file, int row) {
    if (columns[group].length == 1) {
      return UTF8String.fromString(given(columns[group][0], block, file, row));
    }

    StringBuilder text = new StringBuilder();
    for (int column : columns[group]) {
      String value = given(column, block, file, row);
      text.append(text.isEmpty() ? "" : ", ").append(plan.column(column).name()).append('=');
      text.append(value == null ? "" : value);
    }

    return UTF8String.fromString(text.toString());
  }

  /** Returns the value of a column as text; null if it is missing. */
  private String given(int index, InputBlock block, SourceFile file, int row) {
    ReadColumn column = plan.column(index);
    if (column.isPartition()) {
      UTF8String value = file.value(column.partitionLevel());
      return value == null ? null : value.toString();
    }

    SpecializedGetters from = block.row(row);
    int at = block.ordinal(index);
    return from.isNullAt(at) ? null : text(from, at, column.type());
  }

  /** Returns a value that is not null as text. */
  public static String text(SpecializedGetters from, int at, DataType type) {
    if (type instanceof DoubleType) {
      return Double.toString(from.getDouble(at));
    } else if (type instanceof FloatType) {
      return Float.toString(from.getFloat(at));
    } else if (type instanceof LongType) {
      return Long.toString(from.getLong(at));
    } else if (type instanceof IntegerType) {
      return Integer.toString(from.getInt(at));
    } else if (type instanceof ShortType) {
      return Short.toString(from.getShort(at));
    } else if (type instanceof ByteType) {
      return Byte.toString(from.getByte(at));
    } else if (type instanceof BooleanType) {
      return Boolean.toString(from.getBoolean(at));
    } else if (type instanceof DecimalType decimal) {
      return from.getDecimal(at, decimal.precision(), decimal.scale()).toString();
    } else if (type instanceof DateType) {
      return LocalDate.ofEpochDay(from.getInt(at)).toString();
    } else if (type instanceof TimestampType) {
      return instant(from.getLong(at)).toString();
    } else if (type instanceof TimestampNTZType) {
      return LocalDateTime.ofInstant(instant(from.getLong(at)), ZoneOffset.UTC).toString();
    }

    return from.getUTF8String(at).toString();
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
